import Foundation
import JupyterProtocol
import Testing

@Suite struct JSONValueTests {
    private func problem(_ text: String) -> JSONError? {
        do {
            _ = try JSONValue(parsing: text)
            return nil
        } catch { return error }
    }

    @Test func `numbers that are no 64-bit integers have the bits that Python gives them`() throws {
        for number in try PythonReference.load().doubles {
            guard case .double(let value) = try JSONValue(parsing: number.text) else {
                Issue.record("\(number.text) is no double")
                continue
            }
            #expect(value.bitPattern == UInt64(number.bits, radix: 16), "\(number.text)")
            if value.isFinite { #expect(try JSONValue(parsing: JSONValue.double(value).description) == .double(value)) }
        }
    }

    @Test func `strings that Python escaped or wrote plainly have the same scalars, and survive being written`() throws {
        for text in try PythonReference.load().strings {
            for spelling in [text.escaped, text.plain] {
                let value = try JSONValue(parsing: spelling)
                #expect(value.stringValue?.unicodeScalars.map(\.value) == text.scalars, "\(spelling)")
                #expect(try JSONValue(parsing: value.serialised()) == value)
            }
        }
    }

    @Test func `what Python refuses is refused`() throws {
        let texts = try PythonReference.load().invalid
        #expect(texts.count > 30)
        for text in texts { #expect(problem(text) != nil, "\(text)") }
    }

    @Test func `integers keep 64 bits and stay apart from booleans and doubles`() throws {
        let value = try JSONValue(parsing: " [9223372036854775807, -9223372036854775808, 1, 1.0, true, null]\n")
        #expect(value == .array([.integer(.max), .integer(.min), .integer(1), .double(1), .bool(true), .null]))
        #expect(value.description == "[9223372036854775807,-9223372036854775808,1,1.0,true,null]")
        #expect(value[2]?.boolValue == nil && value[4]?.integerValue == nil && value[3]?.integerValue == 1 && value[9] == nil)
    }

    @Test func `surrogates are joined, and their halves replaced`() throws {
        #expect(try JSONValue(parsing: #""\ud83d\ude00""#) == "😀")
        #expect(try JSONValue(parsing: #""\uDBFF\uDFFF\uD800\uDC00""#) == "\u{10FFFF}\u{10000}")
        #expect(try JSONValue(parsing: #""\ud83d""#) == "\u{FFFD}")
        #expect(try JSONValue(parsing: #""\ud83dx\ude00\ud83d\u0041\ud83d\n""#) == "\u{FFFD}x\u{FFFD}\u{FFFD}A\u{FFFD}\n")
    }

    @Test func `errors say what was wrong and where`() {
        #expect(problem(#"{"a": nope}"#)?.description == #"invalid JSON at byte 7: unexpected "o""#)
        #expect(problem("[1, 2")?.description == "invalid JSON at byte 5: the text ends too early")
        #expect(problem("[]x")?.description == "invalid JSON at byte 2: more text follows the value")
        #expect(problem("[01]")?.description == "invalid JSON at byte 3: a number is malformed or too long")
        #expect(problem(String(repeating: "1", count: 5000))?.problem == .invalidNumber)
        #expect(throws: JSONError(problem: .invalidUTF8, offset: 4)) { try JSONValue(parsing: Data([0x22, 0xC3, 0x28, 0x22])) }
    }

    @Test func `nesting is taken to its limit and refused beyond, however deep`() throws {
        let limit = JSONValue.maximumDepth
        let deepest = try JSONValue(parsing: String(repeating: "[", count: limit) + String(repeating: "]", count: limit))
        #expect(deepest.description.count == 2 * limit)
        #expect(problem(String(repeating: "[", count: 1_000_000))?.problem == .tooDeep(limit: limit))
        #expect(problem(String(repeating: "{\"a\":", count: 1_000_000))?.problem == .tooDeep(limit: limit))
        #expect(try JSONValue(parsing: JSONValue.array([deepest]).serialised()) != .array([deepest]))
    }

    @Test func `a text with too many values is refused before it takes the memory`() {
        let text = "[" + String(repeating: "0,", count: JSONValue.maximumCount) + "0]"
        #expect(problem(text)?.problem == .tooManyValues(limit: JSONValue.maximumCount))
    }

    @Test func `not-a-number and infinity are written as null`() {
        #expect(JSONValue.array([.double(.nan), .double(.infinity), .double(-.infinity)]).description == "[null,null,null]")
    }

    @Test func `members are read, set and removed by key, and keys are written sorted`() throws {
        var value: JSONValue = ["b": 1, "a": ["x": [1.5, nil, "s", true]]]
        #expect(value["a"]?["x"]?[2]?.stringValue == "s")
        value["c"] = "new"
        value["b"] = nil
        #expect(value.description == #"{"a":{"x":[1.5,null,"s",true]},"c":"new"}"#)
        #expect(try JSONValue(parsing: #"{"k":1,"k":2}"#) == ["k": 2])
    }

    @Test func `what is written reads the same with Foundation`() throws {
        let value: JSONValue = ["text": "a\"\\\u{1}\u{1F}é😀\n", "list": [1, -2.5e-7, false, nil], "nested": ["": []]]
        let foundation = try JSONSerialization.jsonObject(with: value.serialised())
        let again = try JSONValue(parsing: JSONSerialization.data(withJSONObject: foundation))
        #expect(again == value)
    }
}
