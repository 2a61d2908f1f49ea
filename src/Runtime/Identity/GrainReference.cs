namespace Orleans.Runtime;

/// <summary>
/// A name by which a grain or an observer is called. It owns nothing, costs nothing at the target, may be kept, compared
/// and sent in messages, and is safe to use from any thread.
/// </summary>
[Alias("GrainRef")]
public class GrainReference : IAddressable, IEquatable<GrainReference>, ISpanFormattable
{
    /// <summary>The activation that answered last, so that the next call finds it without a look-up. Only the sender uses it.</summary>
    internal Actors.Runtime.Scheduling.Activation? Hint { get; set; }

    private readonly GrainReferenceShared _shared;
    private readonly IdSpan _key;

    /// <summary>Called by generated references.</summary>
    protected GrainReference(GrainReferenceShared shared, IdSpan key)
    {
        ArgumentNullException.ThrowIfNull(shared);
        _shared = shared;
        _key = key;
    }

    public GrainId GrainId => new(_shared.GrainType, _key);

    public GrainInterfaceType InterfaceType => _shared.InterfaceType;

    public ushort InterfaceVersion => _shared.InterfaceVersion;

    public virtual string InterfaceName => _shared.InterfaceType.ToString();

    internal GrainReferenceShared Shared => _shared;

    internal IdSpan Key => _key;

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) => reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    /// <summary>A reference to the same grain through another of its interfaces.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable =>
        this is TGrainInterface same ? same : (TGrainInterface)_shared.Sender.Cast(this, typeof(TGrainInterface));

    /// <summary>A hash that is equal in every process.</summary>
    public uint GetUniformHashCode() => GrainId.GetUniformHashCode();

    /// <summary>References are equal when they name the same grain, whatever their interface.</summary>
    public bool Equals(GrainReference? other) => other is not null && (ReferenceEquals(this, other) || GrainId.Equals(other.GrainId));

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => unchecked((int)GetUniformHashCode());

    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToString();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"GrainReference:{GrainId}:{InterfaceType}", out charsWritten);
}
