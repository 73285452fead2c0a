import Dispatch
import PictureWorld
import Tensors

extension ImageFolder {
    /// A run of pictures, read on all cores; damaged ones are left out and named in `skipped`.
    ///
    ///     let batch = photos.pictures(in: 0..<50, size: 224)
    ///     batch.images       // [48, 224, 224, 3] when two files are damaged
    ///     batch.skipped      // [n01440764/ILSVRC2012_val_00000293.JPEG: not a readable JPEG: Premature end of JPEG file, …]
    public func pictures(in range: Range<Int>, size: Int) -> PictureBatch {
        enum Outcome: Sendable {
            case read(Tensor)
            case skipped(SkippedPicture)
        }
        let outcomes = [Outcome?](unsafeUninitializedCapacity: range.count) { buffer, count in
            // Every iteration writes its own element.
            nonisolated(unsafe) let places = buffer
            DispatchQueue.concurrentPerform(iterations: range.count) { offset in
                let outcome: Outcome
                do {
                    outcome = .read(try pixels(range.lowerBound + offset, size: size))
                } catch ImageFolderError.damaged(let picture) {
                    outcome = .skipped(picture)
                } catch {
                    outcome = .skipped(SkippedPicture(path: file(range.lowerBound + offset), reason: "\(error)"))
                }
                (places.baseAddress.map { $0 + offset })?.initialize(to: outcome)
            }
            count = range.count
        }
        var images: [Tensor] = [], indices: [Int] = [], skipped: [SkippedPicture] = []
        for (index, outcome) in zip(range, outcomes) {
            switch outcome {
            case .read(let image)?:
                images.append(image)
                indices.append(index)
            case .skipped(let picture)?: skipped.append(picture)
            case nil: break
            }
        }
        let length = size * size * 3
        let together = Tensor(shape: [images.count, size, size, 3]) { buffer in
            for (place, image) in images.enumerated() {
                image.withUnsafeScalars { scalars in
                    _ = UnsafeMutableBufferPointer(rebasing: buffer[place * length..<(place + 1) * length]).initialize(from: scalars)
                }
            }
        }
        return PictureBatch(images: together, labels: indices.map(label), indices: indices, skipped: skipped)
    }
}
