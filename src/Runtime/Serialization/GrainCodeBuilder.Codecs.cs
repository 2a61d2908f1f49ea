using Actors.Runtime.Serialization;

namespace Actors.Runtime.Invocation;

public sealed partial class GrainCodeBuilder
{
    private readonly List<Codec> _codecs = [];

    internal IReadOnlyList<Codec> Codecs => _codecs;

    /// <summary>Adds the codecs of the assembly's types.</summary>
    public void AddCodecs(params ReadOnlySpan<Codec> codecs) => _codecs.AddRange(codecs);
}
