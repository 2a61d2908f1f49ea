namespace Actors.Grains.Groups;

/// <summary>How much a member may wait with. What is more is answered at once, so that whoever waits holds a known number of bytes.</summary>
public static class GroupLimits
{
    /// <summary>Most protocols that a member may name.</summary>
    private const int MaxProtocols = 100;

    /// <summary>What an assignment costs beside its bytes.</summary>
    private const int BytesPerAssignment = 64;

    /// <summary>The bytes of a member's protocols.</summary>
    public static long BytesOf(GroupJoin join) => GroupMember.BytesOf(join.Protocols);

    /// <summary>The bytes of the assignments that a member brings.</summary>
    public static long BytesOf(GroupSync sync)
    {
        long bytes = 0;
        foreach (var assignment in sync.Assignments)
            bytes += BytesPerAssignment + assignment.MemberId.Length + assignment.Assignment.Length;
        return bytes;
    }

    /// <summary>Whether a member may join with so much; else the answer is INVALID_REQUEST.</summary>
    public static bool Allows(this GroupOptions options, GroupJoin join) =>
        join.Protocols.Length <= MaxProtocols && BytesOf(join) <= options.MaxMemberMetadataBytes;

    /// <summary>
    /// Whether a member may wait for its leader with so much; else the answer is INVALID_REQUEST. The leader itself, whose
    /// assignments are everybody's, waits for the log alone.
    /// </summary>
    public static bool Allows(this GroupOptions options, GroupSync sync) => BytesOf(sync) <= options.MaxMemberMetadataBytes;
}
