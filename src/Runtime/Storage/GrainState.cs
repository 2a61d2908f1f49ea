namespace Orleans;

/// <inheritdoc cref="IGrainState{T}"/>
public sealed class GrainState<T> : IGrainState<T>
{
    public GrainState()
    {
    }

    public GrainState(T? state)
        : this(state, eTag: null)
    {
    }

    public GrainState(T? state, string? eTag)
    {
        State = state;
        ETag = eTag;
    }

    public T? State { get; set; }

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
