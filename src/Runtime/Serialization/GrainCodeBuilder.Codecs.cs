using System.Reflection;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Invocation;

public sealed partial class GrainCodeBuilder
{
    private readonly List<Codec> _codecs = [];

    /// <summary>What was added, in order.</summary>
    public IReadOnlyList<Codec> Codecs => _codecs;

    /// <summary>What the generator made for one assembly; nothing when it has no generated code.</summary>
    public static GrainCodeBuilder Of(Assembly assembly)
    {
        var builder = new GrainCodeBuilder();
        foreach (var attribute in assembly.GetCustomAttributes<GrainCodeAttribute>())
        {
            ((IGrainCode)Activator.CreateInstance(attribute.Code)!).Register(builder);
        }

        return builder;
    }

    /// <summary>Adds the codecs of the assembly's types.</summary>
    public void AddCodecs(params ReadOnlySpan<Codec> codecs) => _codecs.AddRange(codecs);
}
