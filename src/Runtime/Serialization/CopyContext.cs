namespace Actors.Runtime.Serialization;

/// <summary>What a deep copy needs: copiers of other types, and how deep it is already.</summary>
public readonly struct CopyContext
{
    private readonly int _depth;

    /// <param name="context">Codecs by type, and the limit of the depth.</param>
    public CopyContext(WireContext context)
        : this(context, 0)
    {
    }

    private CopyContext(WireContext context, int depth)
    {
        Context = context;
        _depth = depth;
    }

    /// <summary>Codecs by type, and limits.</summary>
    public WireContext Context { get; }

    /// <summary>The context for the values within this one. A cycle in the object graph ends here with <see cref="WireFormatException"/>.</summary>
    public CopyContext Within()
    {
        if (_depth >= Context.Limits.MaxDepth)
        {
            throw new WireFormatException(
                WireProblem.TooDeep,
                0,
                $"A value to be copied is nested deeper than {Context.Limits.MaxDepth}. Messages are trees: no value may contain itself.");
        }

        return new CopyContext(Context, _depth + 1);
    }
}
