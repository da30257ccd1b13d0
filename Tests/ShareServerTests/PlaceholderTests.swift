import Testing

struct PlaceholderTests { @Test func none() {} }
