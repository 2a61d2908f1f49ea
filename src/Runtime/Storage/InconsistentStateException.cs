using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// The stored state is not the one that the writer had read: somebody else wrote in between. When it escapes a call, the
/// activation that met it ends, so that the next one reads anew.
/// </summary>
[GenerateSerializer]
public class InconsistentStateException : OrleansException
{
    public InconsistentStateException()
    {
    }

    public InconsistentStateException(string message)
        : base(message)
    {
    }

    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : base(errorMsg)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
        : this(storageException.Message, storedEtag, currentEtag, storageException)
    {
    }

    /// <summary>The ETag that the store has; null when it has no record or does not say.</summary>
    [Id(0)]
    public string? StoredEtag { get; private set; }

    /// <summary>The ETag that the writer held.</summary>
    [Id(1)]
    public string? CurrentEtag { get; private set; }

    /// <summary>True until the activation that met it has been ended for it; a caller further up is not to blame.</summary>
    [field: NonSerialized]
    internal bool IsSourceActivation { get; set; } = true;

    public override string ToString() => $"{GetType().Name}: {Message} Expected ETag={CurrentEtag} Received ETag={StoredEtag} {InnerException}";
}
