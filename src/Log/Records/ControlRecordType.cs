namespace Actors.Log;

/// <summary>How a transaction ended, as its marker in a partition says.</summary>
public enum ControlRecordType
{
    /// <summary>Readers of committed records skip the transaction.</summary>
    Abort = 0,

    /// <summary>The transaction's records count.</summary>
    Commit = 1,
}
