import FileFuzzing
import Foundation
import Testing

@Suite struct FuzzTests {
    /// `hooke-fuzz` gives them as many as one likes.
    @Test(arguments: FuzzTarget.allCases)
    func `twenty thousand damaged files are opened or refused, and nothing else`(target: FuzzTarget) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let fuzzer = try Fuzzer(target, folders: ["Reference", "Corpus"].map { tests.appending(path: $0).path }, seed: 7)
        var opened = 0
        for index in 0..<20_000 where try fuzzer.run(index) { opened += 1 }
        // Neither all nor nothing: most damage must be found, and some must get past the first checks.
        #expect((200..<19_000).contains(opened), "\(opened) were opened")
        #expect(fuzzer.input(5) == fuzzer.input(5))
    }
}
