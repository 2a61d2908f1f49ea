namespace Actors.Runtime.Serialization;

/// <summary>What codecs need beside the bytes: codecs of other types, limits, and how a grain reference comes to life.</summary>
/// <remarks>Immutable; shared by all threads.</remarks>
public sealed class WireContext
{
    /// <param name="codecs">Codecs by type and by alias.</param>
    /// <param name="limits">What is accepted and written.</param>
    /// <param name="references">Makes references of the ids that are read; null where no silo is, and then a reference is an error.</param>
    public WireContext(CodecRegistry codecs, SerializationLimits? limits = null, IGrainReferenceSource? references = null)
    {
        Codecs = codecs;
        Limits = limits ?? SerializationLimits.Default;
        References = references;
    }

    /// <summary>Codecs by type and by alias.</summary>
    public CodecRegistry Codecs { get; }

    /// <summary>What is accepted and written.</summary>
    public SerializationLimits Limits { get; }

    /// <summary>Makes references of the ids that are read.</summary>
    public IGrainReferenceSource? References { get; }
}
