namespace Actors.Agents.Frames;

/// <summary>Why a frame of a peer is refused as a whole.</summary>
/// <param name="Code">With what its connection is closed.</param>
/// <param name="Field">
/// The field, from the frame's root, with the places in lists that lead to it: <c>updateNode.addresses[2]</c>. Of what the peer wrote there is
/// at most the name of a field that is unknown, cut and without signs that mean something to anybody. Empty for the frame.
/// </param>
/// <param name="Rule">The rule that it breaks, for people.</param>
public readonly record struct FrameProblem(AgentCloseCode Code, string Field, string Rule)
{
    /// <summary>The reason of the close, at most <see cref="AgentProtocol.MaxCloseReasonBytes"/> of ASCII.</summary>
    public override string ToString()
    {
        var text = Field.Length == 0 ? Rule : $"{Field}: {Rule}";
        return text.Length <= AgentProtocol.MaxCloseReasonBytes ? text : text[..AgentProtocol.MaxCloseReasonBytes];
    }
}
