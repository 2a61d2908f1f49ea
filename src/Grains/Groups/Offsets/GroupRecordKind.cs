namespace Actors.Grains.Groups;

/// <summary>What a record of <c>__consumer_offsets</c> turned out to be.</summary>
public enum GroupRecordKind
{
    /// <summary>An offset or a generation of a classic group.</summary>
    Known,

    /// <summary>A kind of record that this coordinator does not keep; its key has a version above 2.</summary>
    Foreign,

    /// <summary>The bytes do not say what their version promises.</summary>
    Malformed,
}
