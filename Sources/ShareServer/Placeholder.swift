internal import GRDB
internal import Hummingbird
internal import Mustache
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public enum Placeholder {}
