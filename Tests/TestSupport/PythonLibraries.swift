import Glibc

/// Python with the libraries of Scripts/python-requirements.txt, which know nothing of this project.
public enum PythonLibraries {
  public static let python = Fixtures.path("../.venv/bin/python")
  /// False where they could not be installed: Scripts/python-libraries has then said so.
  public static let areThere = access(Fixtures.path("../.venv/requirements.txt"), R_OK) == 0
}
