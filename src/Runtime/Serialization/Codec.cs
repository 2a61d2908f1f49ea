using System.Text;

namespace Actors.Runtime.Serialization;

/// <summary>Reads, writes and copies values of one type. Stateless; shared by all threads.</summary>
public abstract class Codec
{
    private readonly byte[] _aliasUtf8;

    private protected Codec(string? alias)
    {
        Alias = alias;
        _aliasUtf8 = alias is null ? [] : Encoding.UTF8.GetBytes(alias);
        if (_aliasUtf8.Length > WireFormat.MaxAliasBytes)
        {
            throw new ArgumentException($"The alias '{alias}' has {_aliasUtf8.Length} UTF-8 bytes; at most {WireFormat.MaxAliasBytes} are allowed.", nameof(alias));
        }
    }

    /// <summary>The type of the values.</summary>
    public abstract Type ValueType { get; }

    /// <summary>The name of the type where it differs from the declared one; null for types that cannot stand there, such as lists.</summary>
    public string? Alias { get; }

    /// <summary>Older names of the type, which are still read.</summary>
    public virtual IReadOnlyList<string> OlderAliases => [];

    /// <summary>The layout of a value that is not null.</summary>
    public abstract WireType WireType { get; }

    /// <summary>True when a copy is the value itself, because nobody can change it.</summary>
    public virtual bool IsImmutable => false;

    /// <summary>Writes the layout and a value whose type is this codec's.</summary>
    public abstract void WriteBoxed(ref WireWriter writer, object? value);

    /// <summary>Reads a value of the given layout.</summary>
    public abstract object? ReadBoxed(ref WireReader reader, WireType type);

    /// <summary>Copies a value whose type is this codec's.</summary>
    public abstract object CopyBoxed(object value, in CopyContext context);

    internal ReadOnlySpan<byte> AliasUtf8 => _aliasUtf8;

    /// <summary>Writes an object's members after a type marker.</summary>
    internal abstract void WriteBody(ref WireWriter writer, object value);

    /// <summary>Reads an object's members after a type marker, up to the end tag.</summary>
    internal abstract object ReadBody(ref WireReader reader);

    /// <summary>Writes a value in place of a base type: an object that begins with the alias of its type.</summary>
    internal void WriteMarked(ref WireWriter writer, object value)
    {
        if (Alias is null)
        {
            throw new CodecNotFoundException(ValueType.FullName ?? ValueType.Name, "its codec has no alias, so it cannot stand for a base type");
        }

        writer.BeginObject();
        writer.WriteTypeMarker(AliasUtf8);
        WriteBody(ref writer, value);
        writer.EndObject();
    }
}
