/// Sizes as a reviewer sees them: coarse words (SHARING §5).
public enum SizeBucket {
  public static let words = [
    "empty", "under_1_kib", "1_kib_to_1_mib", "1_to_10_mib", "10_to_100_mib", "100_mib_to_1_gib",
    "1_to_10_gib", "over_10_gib", "unknown",
  ]

  /// The word of a size in bytes; nil is `unknown`.
  public static func word(_ bytes: Int?) -> String {
    guard let bytes else { return "unknown" }
    return switch bytes {
    case ..<1: "empty"
    case ..<(1 << 10): "under_1_kib"
    case ..<(1 << 20): "1_kib_to_1_mib"
    case ..<(10 << 20): "1_to_10_mib"
    case ..<(100 << 20): "10_to_100_mib"
    case ..<(1 << 30): "100_mib_to_1_gib"
    case ..<(10 << 30): "1_to_10_gib"
    default: "over_10_gib"
    }
  }
}
