using System.Collections;
using System.Text;
using Actors.Kafka.Generator;

namespace Actors.Kafka.Tests.Model;

/// <summary>
/// Encodes a message by walking over its definition: slowly, without anything of the generated code, and written from the
/// protocol guide, so that the two can be held against each other.
/// </summary>
internal sealed class ReferenceEncoder
{
    private readonly List<byte> _bytes = [];
    private readonly int _version;
    private readonly bool _flexible;

    private ReferenceEncoder(MessageDefinition definition, int version)
    {
        _version = version;
        _flexible = version >= definition.FirstFlexible;
    }

    public static byte[] Encode(MessageCodec codec, object message, short version)
    {
        var encoder = new ReferenceEncoder(codec.Definition, version);
        encoder.Struct(codec.Definition.Body, message);
        return [.. encoder._bytes];
    }

    private void Struct(StructDefinition definition, object value)
    {
        var tagged = new SortedDictionary<int, byte[]>();
        foreach (var field in definition.Fields.Where(f => f.Versions.Contains(_version)))
        {
            var content = value.GetType().GetProperty(field.Name)!.GetValue(value);
            if (!field.IsTagged)
            {
                Field(field, content);
            }
            else if (!IsDefault(field, value, content))
            {
                var start = _bytes.Count;
                Field(field, content);
                tagged[field.Tag] = [.. _bytes[start..]];
                _bytes.RemoveRange(start, _bytes.Count - start);
            }
        }

        if (!_flexible)
        {
            return;
        }

        Varint(tagged.Count);
        foreach (var (tag, bytes) in tagged)
        {
            Varint(tag);
            Varint(bytes.Length);
            _bytes.AddRange(bytes);
        }
    }

    private void Field(FieldDefinition field, object? content)
    {
        if (field.IsArray)
        {
            Count((content as IList)?.Count, wide: true);
            foreach (var element in (content as IList) ?? Array.Empty<object>())
            {
                Element(field, element);
            }
        }
        else if (field.Struct is not null && field.NullableVersions.Contains(_version))
        {
            _bytes.Add(content is null ? (byte)0xff : (byte)1);
            if (content is not null)
            {
                Element(field, content);
            }
        }
        else
        {
            Element(field, content);
        }
    }

    private void Element(FieldDefinition field, object? value)
    {
        switch (field.TypeName)
        {
            case "bool": BigEndian((bool)value! ? 1 : 0, 1); break;
            case "int8": BigEndian((sbyte)value!, 1); break;
            case "int16": BigEndian(Convert.ToInt16(value, null), 2); break;
            case "uint16": BigEndian((ushort)value!, 2); break;
            case "int32": BigEndian((int)value!, 4); break;
            case "uint32": BigEndian((uint)value!, 4); break;
            case "int64": BigEndian((long)value!, 8); break;
            case "float64": BigEndian(BitConverter.DoubleToInt64Bits((double)value!), 8); break;
            case "uuid": _bytes.AddRange(Convert.FromHexString(((Guid)value!).ToString("N"))); break;
            case "string":
                var text = value is string s ? Encoding.UTF8.GetBytes(s) : null;
                Count(text?.Length, wide: false);
                _bytes.AddRange(text ?? []);
                break;
            case "bytes" or "records":
                var bytes = ((ReadOnlyMemory<byte>?)value)?.ToArray();
                Count(bytes?.Length, wide: true);
                _bytes.AddRange(bytes ?? []);
                break;
            default: Struct(field.Struct!, value!); break;
        }
    }

    private void Count(int? count, bool wide)
    {
        if (_flexible)
        {
            Varint((count ?? -1) + 1);
        }
        else
        {
            BigEndian(count ?? -1, wide ? 4 : 2);
        }
    }

    private void BigEndian(long value, int size)
    {
        for (var shift = (size - 1) * 8; shift >= 0; shift -= 8)
        {
            _bytes.Add((byte)(value >> shift));
        }
    }

    private void Varint(int value)
    {
        while (value >= 128)
        {
            _bytes.Add((byte)((value % 128) + 128));
            value /= 128;
        }

        _bytes.Add((byte)value);
    }

    /// <summary>A tagged field is left out when it equals what a new object has there.</summary>
    private static bool IsDefault(FieldDefinition field, object owner, object? content)
    {
        var initial = owner.GetType().GetProperty(field.Name)!.GetValue(Activator.CreateInstance(owner.GetType()));
        return MessageComparer.AreEqual(initial, content);
    }
}
