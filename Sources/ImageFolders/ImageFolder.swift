import Figures
import Foundation
import PictureWorld
import Tensors

/// Photographs in folders, one folder for each class: the layout of ImageNet and of torchvision's `ImageFolder`.
///
///     let photos = try ImageFolder("imagenet/val")     // imagenet/val/n01440764/ILSVRC2012_val_00000293.JPEG, …
///     photos.classes                                   // ["n01440764", "n01443537", …]
///     try photos.pixels(0, size: 224)                  // [224, 224, 3]
///     try feature.examples(in: photos, count: 9)
///
/// Files are read when they are asked for, so memory does not grow with their number. Pictures are scaled to the shorter side and cropped
/// in the middle, as the networks of torchvision expect: to 256, then 224 by 224. What is no JPEG or PNG by its first bytes is left out
/// from the beginning and listed in `skipped`; what turns out damaged on reading is left out of a run of pictures, and named there.
public struct ImageFolder: PictureSource {
    /// The folder.
    public let path: String
    /// The names of the folders in it, sorted, or what they were called by `names`.
    public let classes: [String]
    /// Files that are no pictures, and folders without any.
    public let skipped: [SkippedPicture]
    /// The side of the crop over the shorter side of the picture.
    public let cropping: Double
    /// The path, the cropping, and a hash of the names, sizes and dates of all files, as they were when the folder was listed.
    public let identity: String

    private let files: [File]
    private let maximumPixels: Int

    private struct File: Sendable {
        /// The path within the folder.
        let name: String
        let label: Int
    }

    public var count: Int { files.count }
    public var title: String { path }

    /// Lists the pictures of a folder; of each file, the first bytes are read.
    /// - Parameters:
    ///   - path: a folder with a folder for each class; pictures may lie deeper in those. Without such folders its own pictures are one class.
    ///   - names: better names for folders, such as `["n01440764": "tench"]`.
    ///   - cropping: the side of the crop over the shorter side of the picture, in 0..<=1.
    ///   - maximumPixels: pictures that announce more count as damaged.
    /// - Throws: ``ImageFolderError``.
    public init(_ path: String, names: [String: String] = [:], cropping: Double = 0.875, maximumPixels: Int = 1 << 24) throws(ImageFolderError) {
        guard cropping > 0, cropping <= 1 else { throw .cropping(cropping) }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { throw .noFolder(path) }
        let folders = Self.contents(of: path).filter { Self.isFolder(path + "/" + $0) }
        var files: [File] = [], skipped: [SkippedPicture] = []
        for (label, folder) in (folders.isEmpty ? [""] : folders).enumerated() {
            let before = files.count
            for name in Self.walk(path, folder) {
                if let reason = Self.objection(toFile: path + "/" + name) {
                    skipped.append(SkippedPicture(path: name, reason: reason))
                } else {
                    files.append(File(name: name, label: label))
                }
            }
            if files.count == before { skipped.append(SkippedPicture(path: folder.isEmpty ? path : folder, reason: "the folder has no pictures")) }
        }
        guard !files.isEmpty else { throw .noPictures(path, skipped: skipped.count) }
        self.path = path
        classes = folders.isEmpty ? [URL(fileURLWithPath: path).lastPathComponent] : folders.map { names[$0] ?? $0 }
        (self.files, self.skipped, self.cropping, self.maximumPixels) = (files, skipped, cropping, maximumPixels)
        identity = "\(path)\n\(cropping)\n\(maximumPixels)\n\(Self.listingHash(path, files.map { ($0.name, $0.label) }, classes))"
    }

    /// The file of picture `index`, as a path in the folder.
    /// - Precondition: `index` is in `0..<count`.
    public func file(_ index: Int) -> String { files[checked(index)].name }

    public func label(_ index: Int) -> Int { files[checked(index)].label }

    /// Picture `index` as it is in its file, in RGB.
    /// - Throws: ``ImageFolderError/damaged(_:)`` naming the file and what is wrong with it.
    public func image(_ index: Int) throws(ImageFolderError) -> Image {
        let name = file(index)
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
            let image = try Self.isPNG(data) ? Image(png: data, maximumPixels: maximumPixels) : Image(jpeg: data, maximumPixels: maximumPixels)
            // Transparency is dropped, as PIL's convert("RGB") does.
            return image.channels == 3 ? image : try Image(image.tensor[0..<image.height, 0..<image.width, 0..<3])
        } catch let error as ImageError {
            throw .damaged(SkippedPicture(path: name, reason: "\(error)"))
        } catch {
            throw .damaged(SkippedPicture(path: name, reason: "the file cannot be read: \(error.localizedDescription)"))
        }
    }

    /// Picture `index` as a model expects it, `[size, size, 3]`.
    /// - Throws: ``ImageFolderError/damaged(_:)``, also for a picture more than forty times as long as wide.
    public func pixels(_ index: Int, size: Int) throws -> Tensor {
        require(size > 0, "a picture has at least one pixel, not a size of \(size)")
        let image = try image(index)
        let (short, long) = (min(image.width, image.height), max(image.width, image.height))
        guard long <= 40 * short else {
            throw ImageFolderError.damaged(SkippedPicture(path: file(index), reason: "\(image.width) x \(image.height) pixels are too long a strip"))
        }
        // torchvision's Resize cuts the longer side to whole pixels, and its CenterCrop rounds halves to even.
        let shorter = Int((Double(size) / cropping).rounded()), longer = shorter * long / short
        let (height, width) = image.height <= image.width ? (shorter, longer) : (longer, shorter)
        let resized = image.tensor.resized(height: height, width: width, by: .pil(.bilinear))
        let top = Int((Double(height - size) / 2).rounded(.toNearestOrEven)), left = Int((Double(width - size) / 2).rounded(.toNearestOrEven))
        return resized[top..<top + size, left..<left + size, 0..<3].map { min(max($0, 0), 1) }
    }

    private func checked(_ index: Int) -> Int {
        require(index >= 0 && index < count, "\(path) has pictures 0..<\(count), not \(index)")
        return index
    }
}

/// Why a folder of pictures, or one of them, cannot be used.
public enum ImageFolderError: Error, Equatable, CustomStringConvertible {
    /// There is no folder at this path.
    case noFolder(String)
    /// The folder has no JPEG or PNG files.
    case noPictures(String, skipped: Int)
    /// The share of the crop is out of range.
    case cropping(Double)
    /// The file of a picture is damaged.
    case damaged(SkippedPicture)

    public var description: String {
        switch self {
        case .noFolder(let path): "there is no folder \(path); give one with a folder of pictures for each class"
        case .noPictures(let path, let skipped):
            "no JPEG or PNG files in \(path) (\(skipped) other entries); give a folder with a folder of pictures for each class"
        case .cropping(let share): "cannot crop to \(share) of the shorter side; give a share above 0, at most 1"
        case .damaged(let picture): "\(picture); ImageFolder.pictures(in:size:) leaves damaged files out"
        }
    }
}
