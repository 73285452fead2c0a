import SwiftCells
import Foundation
let saved0: Int32 = fcntl(2, F_DUPFD_CLOEXEC, 3)
let cap: OutputCapture = try OutputCapture { s, t in FileHandle(fileDescriptor: saved0).write(Data("[\(s)] \(t)".utf8)) }
let saved: Int32 = cap.originalStandardError
func log(_ s: String) { FileHandle(fileDescriptor: saved).write(Data((s + "\n").utf8)) }
let session = try CellSession(toolchain: Toolchain(), searchPaths: Array(CommandLine.arguments.dropFirst()), output: cap)
session.onResult = { log("=> \($0)") }
var n = 0
while let line = readLine() {
  n += 1
  if line.hasPrefix("INT ") { DispatchQueue.global().asyncAfter(deadline: .now() + 1) { let t = Date(); session.interrupt(); log("interrupted in \(Date().timeIntervalSince(t))") } }
  let code = line.replacingOccurrences(of: "INT ", with: "").replacingOccurrences(of: "\\n", with: "\n")
  let t = Date()
  let o = session.run(code, name: "In[\(n)]")
  let dt = Date().timeIntervalSince(t)
  switch o { case .finished: log("-- \(n) ok \(Int(dt*1000)) ms")
  case .notCompiled(let d): log("-- \(n) not compiled \(Int(dt*1000)) ms"); for x in d { log(x.description) }
  case .threw(let f): log("-- \(n) threw \(f)"); case .trapped(let f): log("-- \(n) trapped \(Int(dt*1000)) ms \(f)"); case .interrupted(let f): log("-- \(n) interrupted \(f)") }
}
session.close()
_exit(0)
