internal import CCurl

public enum Placeholder {}
