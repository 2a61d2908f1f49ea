using Actors.Runtime.Generator.Models;

namespace Actors.Runtime.Generator.Emission;

/// <summary>The codecs that a generated class keeps because they are not shared: those of lists, tuples, enumerations and references.</summary>
/// <remarks>They live in a nested class, which is initialised at the first value, so that types may contain each other.</remarks>
internal sealed class CodecFields
{
    private readonly List<CodecUse> _uses = [];

    /// <summary>C# that names the codec.</summary>
    public string Name(CodecUse use)
    {
        if (use.IsShared)
        {
            return use.Expression;
        }

        var index = _uses.IndexOf(use);
        if (index < 0)
        {
            index = _uses.Count;
            _uses.Add(use);
        }

        return $"Codecs.C{index}";
    }

    public void Emit(SourceText text)
    {
        if (_uses.Count == 0)
        {
            return;
        }

        text.Line();
        text.Open("private static class Codecs");
        foreach (var (use, index) in _uses.Select(static (use, index) => (use, index)))
        {
            text.Line($"internal static readonly global::Actors.Runtime.Serialization.Codec<{use.TypeName}> C{index} = {use.Expression};");
        }

        text.Close();
    }
}
