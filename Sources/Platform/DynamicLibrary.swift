internal import Glibc

/// A shared library that is used where it is installed, and done without where it is not.
///
/// Stays open until the process ends, so that a function found in it stays good.
public struct DynamicLibrary: Sendable {
  private let handle: UInt

  /// Nil where the loader finds no library of this name (`libdeflate.so.0`).
  public init?(_ name: String) {
    // Safe: the name is a C string for the length of the call.
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    self.handle = UInt(bitPattern: handle)
  }

  /// A function, nil where the library has none of this name.
  ///
  /// Unsafe: `type` has to be the function's type in the library's header.
  @unsafe public func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    // Safe: the handle is the loader's own, and a function pointer has the size of any other.
    unsafe dlsym(UnsafeMutableRawPointer(bitPattern: handle), name).map {
      unsafe unsafeBitCast($0, to: type)
    }
  }
}
