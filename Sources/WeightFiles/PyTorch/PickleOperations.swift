/// The names of pickle operations, for errors: those that are carried out, and those that a hostile or unusual file may have.
enum PickleOperations {
    static let names: [UInt8: String] = [
        0x80: "PROTO", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x85: "TUPLE1", 0x86: "TUPLE2", 0x87: "TUPLE3",
        0x88: "NEWTRUE", 0x89: "NEWFALSE", 0x8A: "LONG1", 0x8B: "LONG4", 0x8C: "SHORT_BINUNICODE", 0x8D: "BINUNICODE8", 0x8E: "BINBYTES8",
        0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE", 0x95: "FRAME",
        0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
        UInt8(ascii: "("): "MARK", UInt8(ascii: "."): "STOP", UInt8(ascii: "0"): "POP", UInt8(ascii: "1"): "POP_MARK",
        UInt8(ascii: "2"): "DUP", UInt8(ascii: "F"): "FLOAT", UInt8(ascii: "I"): "INT", UInt8(ascii: "J"): "BININT",
        UInt8(ascii: "K"): "BININT1", UInt8(ascii: "L"): "LONG", UInt8(ascii: "M"): "BININT2", UInt8(ascii: "N"): "NONE",
        UInt8(ascii: "P"): "PERSID", UInt8(ascii: "Q"): "BINPERSID", UInt8(ascii: "R"): "REDUCE", UInt8(ascii: "S"): "STRING",
        UInt8(ascii: "T"): "BINSTRING", UInt8(ascii: "U"): "SHORT_BINSTRING", UInt8(ascii: "V"): "UNICODE", UInt8(ascii: "X"): "BINUNICODE",
        UInt8(ascii: "a"): "APPEND", UInt8(ascii: "b"): "BUILD", UInt8(ascii: "c"): "GLOBAL", UInt8(ascii: "d"): "DICT",
        UInt8(ascii: "e"): "APPENDS", UInt8(ascii: "g"): "GET", UInt8(ascii: "h"): "BINGET", UInt8(ascii: "i"): "INST",
        UInt8(ascii: "j"): "LONG_BINGET", UInt8(ascii: "l"): "LIST", UInt8(ascii: "o"): "OBJ", UInt8(ascii: "p"): "PUT",
        UInt8(ascii: "q"): "BINPUT", UInt8(ascii: "r"): "LONG_BINPUT", UInt8(ascii: "s"): "SETITEM", UInt8(ascii: "t"): "TUPLE",
        UInt8(ascii: "u"): "SETITEMS", UInt8(ascii: "}"): "EMPTY_DICT", UInt8(ascii: "]"): "EMPTY_LIST", UInt8(ascii: ")"): "EMPTY_TUPLE",
        UInt8(ascii: "B"): "BINBYTES", UInt8(ascii: "C"): "SHORT_BINBYTES", UInt8(ascii: "G"): "BINFLOAT",
    ]
}
