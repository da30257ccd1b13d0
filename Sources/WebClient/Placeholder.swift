internal import AsyncHTTPClient
public enum Placeholder {}
