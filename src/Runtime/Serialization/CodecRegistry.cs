using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Actors.Runtime.Invocation;

namespace Actors.Runtime.Serialization;

/// <summary>All codecs of a process, by type and by alias. Immutable after construction.</summary>
public sealed class CodecRegistry
{
    private readonly FrozenDictionary<Type, Codec> _byType;
    private readonly FrozenDictionary<string, Codec> _byAlias;

    /// <param name="codecs">Codecs beside the built-in ones, which are always there.</param>
    /// <exception cref="ArgumentException">Two codecs claim one alias.</exception>
    public CodecRegistry(IEnumerable<Codec> codecs)
    {
        var byType = new Dictionary<Type, Codec>();
        var byAlias = new Dictionary<string, Codec>(StringComparer.Ordinal);
        foreach (var codec in BuiltInCodecs.All.Concat(codecs))
        {
            if (!byType.TryAdd(codec.ValueType, codec))
            {
                continue;
            }

            IEnumerable<string> aliases = codec.Alias is null ? codec.OlderAliases : codec.OlderAliases.Prepend(codec.Alias);
            foreach (var alias in aliases)
            {
                if (!byAlias.TryAdd(alias, codec))
                {
                    throw new ArgumentException($"{codec.ValueType} and {byAlias[alias].ValueType} have the same alias '{alias}'; give one of them another.", nameof(codecs));
                }
            }
        }

        _byType = byType.ToFrozenDictionary();
        _byAlias = byAlias.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Every codec, the built-in ones included.</summary>
    public IEnumerable<Codec> All => _byType.Values;

    /// <summary>The codecs that the generator made for the given assemblies, and the built-in ones.</summary>
    public static CodecRegistry Of(params IEnumerable<Assembly> assemblies) =>
        new(assemblies.Prepend(typeof(CodecRegistry).Assembly).Distinct().SelectMany(static assembly => GrainCodeBuilder.Of(assembly).Codecs));

    /// <summary>The codec of a type.</summary>
    /// <exception cref="CodecNotFoundException">There is none.</exception>
    public Codec<T> Get<T>() => (Codec<T>)Get(typeof(T));

    /// <summary>The codec of a type.</summary>
    /// <exception cref="CodecNotFoundException">There is none.</exception>
    public Codec Get(Type type)
    {
        if (!_byType.TryGetValue(type, out var codec))
        {
            throw new CodecNotFoundException(type.FullName ?? type.Name, "give the type [GenerateSerializer] and its members [Id], and load its assembly into the silo");
        }

        return codec;
    }

    /// <summary>The codec of a type, if there is one.</summary>
    public bool TryGet(Type type, [NotNullWhen(true)] out Codec? codec) => _byType.TryGetValue(type, out codec);

    /// <summary>The codec of a type's alias, if there is one.</summary>
    public bool TryGetByAlias(string alias, [NotNullWhen(true)] out Codec? codec) => _byAlias.TryGetValue(alias, out codec);

    /// <summary>The codec of a value's own type.</summary>
    /// <exception cref="CodecNotFoundException">There is none.</exception>
    internal Codec ForValue(object value) => Get(value.GetType());
}
