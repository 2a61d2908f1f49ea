namespace Actors.Grains.Partitions;

/// <summary>Someone to be told once that several of its appends are answered: a connection's response ring.</summary>
public interface ICompletionDrain
{
    /// <summary>The next drain of the batch that this one is in; used only by <see cref="CompletionBatch"/>.</summary>
    ICompletionDrain? NextDrain { get; set; }

    /// <summary>Everything that this batch completes has been completed. Must not block or throw.</summary>
    void Drain();
}

/// <summary>
/// Collects the drains of appends that complete together, so that each is signalled once. The one who adds a drain makes
/// sure that it is in one batch at a time.
/// </summary>
public ref struct CompletionBatch
{
    private ICompletionDrain? _first;

    /// <summary>Adds a drain that is in no batch.</summary>
    public void Add(ICompletionDrain drain)
    {
        drain.NextDrain = _first;
        _first = drain;
    }

    /// <summary>Signals every drain once and leaves the batch empty.</summary>
    public void Run()
    {
        while (_first is { } drain)
        {
            _first = drain.NextDrain;
            drain.NextDrain = null;
            drain.Drain();
        }
    }
}
