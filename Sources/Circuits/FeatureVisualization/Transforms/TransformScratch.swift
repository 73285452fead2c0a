/// Memory that transforms need while they work; it grows to what the largest of them asks for and is then used again.
final class TransformScratch {
    private var numbers = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
    private var places = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)

    /// Room for `count` numbers, not initialized.
    func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
        if numbers.count < count || numbers.baseAddress == nil {
            numbers.deallocate()
            numbers = .allocate(capacity: Swift.max(count, 1))
        }
        return numbers.baseAddress!
    }

    /// Room for `count` places, not initialized.
    func places(_ count: Int) -> UnsafeMutablePointer<Int32> {
        if places.count < count || places.baseAddress == nil {
            places.deallocate()
            places = .allocate(capacity: Swift.max(count, 1))
        }
        return places.baseAddress!
    }

    deinit {
        numbers.deallocate()
        places.deallocate()
    }
}
