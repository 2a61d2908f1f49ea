using System.Collections;
using System.Reflection;
using Actors.Kafka.Generator;

namespace Actors.Kafka.Tests.Model;

/// <summary>Makes messages with values from a seed: nulls, defaults, empty and filled arrays, every kind of number.</summary>
internal sealed class MessageValues(int seed)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz-._0189äß€語𝄞";

    private readonly Random _random = new(seed);

    /// <summary>How often a field that is not null stays at its default, of 100.</summary>
    public int DefaultPercent { get; init; } = 25;

    /// <summary>The most elements of an array.</summary>
    public int MaxElements { get; init; } = 3;

    /// <summary>A message with values in the fields that the version has, and defaults in the others.</summary>
    public IKafkaMessage Make(MessageCodec codec, short version) =>
        (IKafkaMessage)Make(codec.Definition.Body, codec.Type, codec.Type, version);

    /// <summary>A value other than the default for a field, as it would be in <paramref name="version"/>.</summary>
    public object NotDefault(FieldDefinition field, Type messageType, short version)
    {
        if (field.IsArray)
        {
            var list = NewList(field, messageType);
            list.Add(Element(field, messageType, version));
            return list;
        }

        if (field.Struct is { } definition)
        {
            var type = messageType.GetNestedType(definition.Name)!;
            var value = Activator.CreateInstance(type)!;
            var inner = definition.Fields[0];
            type.GetProperty(inner.Name)!.SetValue(value, NotDefault(inner, messageType, version));
            return value;
        }

        return field.TypeName switch
        {
            "string" => "set",
            "bytes" or "records" => new ReadOnlyMemory<byte>([7]),
            "uuid" => new Guid(7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            "bool" => field.DefaultText != "true",
            "float64" => 7.5,
            "int8" => (sbyte)7,
            "int16" => field.IsErrorCode ? ErrorCode.RequestTimedOut : (short)7,
            "uint16" => (ushort)7,
            "int32" => 7,
            "uint32" => 7u,
            _ => 7L,
        };
    }

    private object Make(StructDefinition definition, Type type, Type messageType, short version)
    {
        var message = Activator.CreateInstance(type)!;
        foreach (var field in definition.Fields.Where(f => f.Versions.Contains(version)))
        {
            var property = type.GetProperty(field.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)!;
            if (field.NullableVersions.Contains(version) && _random.Next(4) == 0)
            {
                property.SetValue(message, null);
            }
            else if (_random.Next(100) >= DefaultPercent || (field.DefaultsToNull && !field.NullableVersions.Contains(version)))
            {
                property.SetValue(message, Value(field, messageType, version));
            }
            else if (property.GetValue(message) is null && !field.NullableVersions.Contains(version))
            {
                property.SetValue(message, Value(field, messageType, version));
            }
        }

        return message;
    }

    private object Value(FieldDefinition field, Type messageType, short version)
    {
        if (!field.IsArray)
        {
            return Element(field, messageType, version);
        }

        var list = NewList(field, messageType);
        for (var left = _random.Next(MaxElements + 1); left > 0; left--)
        {
            list.Add(Element(field, messageType, version));
        }

        return list;
    }

    private object Element(FieldDefinition field, Type messageType, short version) => field.TypeName switch
    {
        "bool" => _random.Next(2) == 0,
        "int8" => (sbyte)Number(8),
        "int16" => field.IsErrorCode ? (ErrorCode)(short)_random.Next(-1, 140) : (short)Number(16),
        "uint16" => (ushort)Number(16),
        "int32" => (int)Number(32),
        "uint32" => (uint)Number(32),
        "int64" => Number(64),
        "float64" => BitConverter.Int64BitsToDouble(Number(64)),
        "uuid" => new Guid(Bytes(16)),
        "string" => Text(),
        "bytes" or "records" => new ReadOnlyMemory<byte>(Bytes(_random.Next(5) == 0 ? 300 : _random.Next(12))),
        _ => Make(field.Struct!, messageType.GetNestedType(field.TypeName)!, messageType, version),
    };

    private static IList NewList(FieldDefinition field, Type messageType)
    {
        var element = field.TypeName switch
        {
            "bool" => typeof(bool),
            "int8" => typeof(sbyte),
            "int16" => field.IsErrorCode ? typeof(ErrorCode) : typeof(short),
            "uint16" => typeof(ushort),
            "int32" => typeof(int),
            "uint32" => typeof(uint),
            "int64" => typeof(long),
            "float64" => typeof(double),
            "uuid" => typeof(Guid),
            "string" => typeof(string),
            "bytes" or "records" => typeof(ReadOnlyMemory<byte>),
            _ => messageType.GetNestedType(field.TypeName)!,
        };
        return (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
    }

    /// <summary>Small numbers, the ends of the range and anything between, equally often.</summary>
    private long Number(int bits)
    {
        var any = _random.NextInt64(long.MinValue, long.MaxValue) >> (64 - bits);
        return _random.Next(4) switch
        {
            0 => _random.Next(-1, 3),
            1 => long.MaxValue >> (64 - bits),
            2 => long.MinValue >> (64 - bits),
            _ => any,
        };
    }

    private string Text()
    {
        // Around 127 bytes a compact length takes its second byte.
        var length = _random.Next(12) == 0 ? 120 + _random.Next(12) : _random.Next(10);
        var runes = Alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, length).Select(_ => runes[_random.Next(runes.Length)].ToString()));
    }

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
