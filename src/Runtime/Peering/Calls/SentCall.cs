using Actors.Runtime.Invocation;

namespace Actors.Runtime.Peering;

/// <summary>A call on its way to another silo, from its first attempt to its answer.</summary>
internal sealed class SentCall(GrainRequest request)
{
    private CallStream? _stream;

    /// <summary>The call, which waits for its answer in this process.</summary>
    public GrainRequest Request => request;

    /// <summary>Its number on its present connection.</summary>
    public long Id { get; private set; }

    /// <summary>Which of the requests of its present connection it is, counted from 1 on; larger than any while it is not queued there.</summary>
    public long Sequence { get; set; } = long.MaxValue;

    /// <summary>How often it was sent another way.</summary>
    public int Reroutes { get; set; }

    /// <summary>The newest view that a silo named which does not have the grain.</summary>
    public long MinView { get; set; }

    /// <summary>Takes a connection.</summary>
    public void Begin(CallStream stream, long id)
    {
        Id = id;
        Sequence = long.MaxValue;
        Volatile.Write(ref _stream, stream);
    }

    /// <summary>Nobody waits for the answer any more, or the caller has cancelled: the silo that has the call is told.</summary>
    public void Cancel() => Volatile.Read(ref _stream)?.Cancel(this);

    public override string ToString() => $"{request.Label} to {request.Target.GrainId}";
}
