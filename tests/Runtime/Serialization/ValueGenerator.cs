using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Actors.Runtime.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Makes values of every type that has a codec, from a seeded source.</summary>
public sealed class ValueGenerator
{
    private const int MaxDepth = 3;
    private const int MaxElements = 4;

    private readonly Random _random;
    private readonly CodecRegistry _codecs;

    public ValueGenerator(Random random, CodecRegistry codecs)
    {
        _random = random;
        _codecs = codecs;
    }

    /// <summary>A value of the type; null only where <paramref name="mayBeNull"/> says so, or where nesting ends.</summary>
    public object? Next(Type type, bool mayBeNull = true, int depth = 0)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return _random.Next(4) == 0 ? null : Next(underlying, mayBeNull: false, depth);
        }

        if (!type.IsValueType && mayBeNull && _random.Next(6) == 0)
        {
            return null;
        }

        return Simple(type)
            ?? (type.IsGenericType || type.IsArray ? Generic(type, depth) : null)
            ?? Special(type)
            ?? NewObject(type, depth);
    }

    private object? Simple(Type type)
    {
        if (type.IsEnum)
        {
            var names = Enum.GetValuesAsUnderlyingType(type);
            return Enum.ToObject(type, names.GetValue(_random.Next(names.Length))!);
        }

        var number = Number();
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => _random.Next(2) == 1,
            TypeCode.Char => (char)_random.Next(char.MaxValue + 1),
            TypeCode.SByte => unchecked((sbyte)number),
            TypeCode.Int16 => unchecked((short)number),
            TypeCode.Int32 => unchecked((int)number),
            TypeCode.Int64 => number,
            TypeCode.Byte => unchecked((byte)number),
            TypeCode.UInt16 => unchecked((ushort)number),
            TypeCode.UInt32 => unchecked((uint)number),
            TypeCode.UInt64 => unchecked((ulong)number),
            TypeCode.Single => BitConverter.Int32BitsToSingle(unchecked((int)number)),
            TypeCode.Double => BitConverter.Int64BitsToDouble(number),
            TypeCode.Decimal => new decimal(_random.Next(), _random.Next(), _random.Next(), _random.Next(2) == 1, (byte)_random.Next(29)),
            TypeCode.DateTime => new DateTime(Ticks(DateTime.MaxValue.Ticks), (DateTimeKind)_random.Next(3)),
            TypeCode.String => Text(),
            _ => null,
        };
    }

    private object? Special(Type type)
    {
        if (type == typeof(Guid))
        {
            return new Guid(Bytes(16));
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(Ticks(DateTime.MaxValue.Ticks / 2) + TimeSpan.TicksPerDay, TimeSpan.FromMinutes(_random.Next(-14 * 60, (14 * 60) + 1)));
        }

        if (type == typeof(TimeSpan))
        {
            return new TimeSpan(Number());
        }

        if (type == typeof(DateOnly))
        {
            return DateOnly.FromDayNumber(_random.Next(DateOnly.MaxValue.DayNumber + 1));
        }

        if (type == typeof(TimeOnly))
        {
            return new TimeOnly(Ticks(TimeOnly.MaxValue.Ticks));
        }

        if (type == typeof(IdSpan))
        {
            return IdSpan.Create(Text() + "x");
        }

        if (type == typeof(GrainType))
        {
            return GrainType.Create(Text() + "x");
        }

        if (type == typeof(GrainInterfaceType))
        {
            return GrainInterfaceType.Create(Text() + "x");
        }

        if (type == typeof(GrainId))
        {
            return GrainId.Create("type", Text() + "x");
        }

        if (type == typeof(SiloAddress))
        {
            return SiloAddress.New(new System.Net.IPEndPoint(_random.Next(), _random.Next(65536)), _random.Next());
        }

        return type == typeof(Exception) ? new InvalidOperationException(Text()) : null;
    }

    private object? Generic(Type type, int depth)
    {
        if (type == typeof(byte[]))
        {
            return Bytes(_random.Next(40));
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>(Bytes(_random.Next(40)));
        }

        if (type.IsArray)
        {
            return Elements(type.GetElementType()!, depth);
        }

        var arguments = type.GetGenericArguments();
        var definition = type.GetGenericTypeDefinition();
        if (definition == typeof(List<>) || definition == typeof(HashSet<>))
        {
            return Activator.CreateInstance(type, Elements(arguments[0], depth, nulls: definition == typeof(List<>)));
        }

        if (definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>))
        {
            return Elements(arguments[0], depth);
        }

        if (definition == typeof(ImmutableArray<>))
        {
            var create = typeof(ImmutableArray).GetMethods().Single(static method =>
                method is { Name: nameof(ImmutableArray.Create) } && method.GetParameters() is [{ ParameterType.IsArray: true }]);
            return create.MakeGenericMethod(arguments[0]).Invoke(null, [Elements(arguments[0], depth)]);
        }

        if (definition == typeof(Dictionary<,>) || definition == typeof(IReadOnlyDictionary<,>))
        {
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            for (var i = Count(depth); i > 0; i--)
            {
                dictionary[Next(arguments[0], mayBeNull: false, depth + 1)!] = Next(arguments[1], depth: depth + 1);
            }

            return dictionary;
        }

        if (definition == typeof(KeyValuePair<,>) || typeof(ITuple).IsAssignableFrom(type) || definition == typeof(Orleans.Concurrency.Immutable<>))
        {
            return Activator.CreateInstance(type, [.. arguments.Select(argument => Next(argument, depth: depth + 1))]);
        }

        throw new NotSupportedException($"Teach {nameof(ValueGenerator)} to make a {type}.");
    }

    private Array Elements(Type type, int depth, bool nulls = true)
    {
        var elements = Array.CreateInstance(type, Count(depth));
        for (var i = 0; i < elements.Length; i++)
        {
            elements.SetValue(Next(type, nulls, depth + 1), i);
        }

        return elements;
    }

    private object? NewObject(Type type, int depth)
    {
        if (typeof(IAddressable).IsAssignableFrom(type) || (depth > MaxDepth && !type.IsValueType))
        {
            return null; // references need a silo; their tests have one
        }

        if (type.IsAbstract)
        {
            var cases = _codecs.All.Select(static codec => codec.ValueType).Where(one => !one.IsAbstract && type.IsAssignableFrom(one)).ToList();
            if (cases.Count == 0)
            {
                throw new NotSupportedException($"{type} is abstract, and no type with a codec derives from it.");
            }

            type = cases[_random.Next(cases.Count)];
        }

        var members = WireMember.Of(type);
        if (members.Count == 0 && !_codecs.TryGet(type, out _))
        {
            throw new NotSupportedException($"Teach {nameof(ValueGenerator)} to make a {type}.");
        }

        var value = RuntimeHelpers.GetUninitializedObject(type);
        if (value is Exception)
        {
            typeof(Exception).GetField("_message", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(value, Text());
        }

        foreach (var member in members)
        {
            member.Set(value, Next(member.Type, depth: depth + 1));
        }

        return value;
    }

    private int Count(int depth) => depth > MaxDepth ? 0 : _random.Next(MaxElements);

    private long Ticks(long max) => _random.NextInt64(max + 1);

    /// <summary>Numbers of all sizes, and often one at an edge.</summary>
    private long Number() => _random.Next(4) switch
    {
        0 => _random.Next(-2, 3),
        1 => (1L << _random.Next(64)) - _random.Next(2),
        2 => -(1L << _random.Next(64)),
        _ => _random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64),
    };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Text()
    {
        string[] parts = ["", "a", "Größe", "日本", "\0", "\U0001F600", "/", "topic-1", new string('x', 300)];
        return string.Concat(Enumerable.Range(0, _random.Next(4)).Select(_ => parts[_random.Next(parts.Length)]));
    }
}
