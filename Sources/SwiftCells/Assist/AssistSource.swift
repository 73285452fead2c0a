/// A text that is being written, as the compiler must see it to complete and explain.
struct AssistSource {
    let resident: ResidentCompiler
    /// A file name of its own.
    let file: String
    /// The text behind the imports that it needs.
    let text: String
    /// Where the text as written begins, in UTF-8 units.
    let header: Int
    let arguments: [String]
}
