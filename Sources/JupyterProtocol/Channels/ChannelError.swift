/// Why the channels of a kernel could not be opened.
public enum ChannelError: Error, Equatable, CustomStringConvertible, Sendable {
    case cannotBind(channel: Channel, endpoint: String, reason: String)
    case cannotConfigure(channel: Channel, option: String, reason: String)
    case outOfResources(reason: String)

    public var description: String {
        switch self {
        case .cannotBind(let channel, let endpoint, let reason):
            return "cannot bind \(channel.rawValue) at \(endpoint): \(reason). "
                + "Check \"\(channel.portField)\" and \"ip\" in the connection file, and that no other kernel uses them."
        case .cannotConfigure(let channel, let option, let reason):
            return "cannot set \(option) on \(channel.rawValue): \(reason)"
        case .outOfResources(let reason): return "cannot open the channels of the kernel: \(reason)"
        }
    }
}
