namespace Actors.AgentLoad.Checks;

/// <summary>What the checker knows of one peer.</summary>
internal struct CheckedPeer
{
    /// <summary>The number of its newest update; 0 before the first.</summary>
    public long Sequence;

    /// <summary>Since when it is connected; only while <see cref="IsOnline"/>.</summary>
    public long OnlineSince;

    public bool IsOnline;

    /// <summary>The first update of its present connection, sent or not: who was told of that one, or of a later one, may not be told LOST.</summary>
    public long FirstSequence;

    /// <summary>Ends that are to be told of it and are behind.</summary>
    public int Unsettled;

    /// <summary>Indexes of the ends that are to be told of it.</summary>
    public int[] ToldEnds;

    /// <summary>Indexes of the ends that it is to be told by.</summary>
    public int[] TellingEnds;
}
