using System.Buffers;
using System.Reflection;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>
/// Checks everything that may cross a process boundary: all generated codecs of an assembly and the arguments of all its grain
/// methods, found through the assembly's manifest. Other test projects link this file and its neighbours.
/// </summary>
public sealed class EveryMessage
{
    /// <summary>A number that no message uses.</summary>
    private const uint UnknownId = 400_000_000;

    private const int CutsPerValue = 4;

    private readonly Random _random;
    private readonly WireSerializer _serializer;
    private readonly GrainCodeBuilder _code;
    private readonly ValueGenerator _values;
    private readonly string _seed;

    /// <param name="assembly">The assembly whose messages are checked.</param>
    /// <param name="seed">Of the values; it is part of every failure's text.</param>
    /// <param name="others">Assemblies whose types occur in the messages.</param>
    public EveryMessage(Assembly assembly, int seed, params Assembly[] others)
    {
        var codecs = CodecRegistry.Of([assembly, .. others]);
        _serializer = new WireSerializer(new WireContext(codecs));
        _code = GrainCodeBuilder.Of(assembly);
        _random = new Random(seed);
        _values = new ValueGenerator(_random, codecs);
        _seed = $"seed {seed}";
    }

    /// <summary>The types that have a generated codec.</summary>
    public IEnumerable<Type> Types => _code.Codecs.Select(static codec => codec.ValueType);

    /// <summary>Every type and every method's arguments, there and back, with and without unknown fields, whole and cut.</summary>
    /// <returns>How many values were checked.</returns>
    public int RoundTrips(int valuesPerType)
    {
        var count = 0;
        foreach (var codec in _code.Codecs.Where(static codec => !codec.ValueType.IsAbstract))
        {
            var check = typeof(EveryMessage).GetMethod(nameof(RoundTrip), BindingFlags.Instance | BindingFlags.NonPublic)!.MakeGenericMethod(codec.ValueType);
            var checkTyped = check.CreateDelegate<Action<Codec>>(this);
            for (var i = 0; i < valuesPerType; i++, count++)
            {
                checkTyped(codec);
            }
        }

        foreach (var method in _code.Interfaces.SelectMany(static one => one.Methods))
        {
            for (var i = 0; i < valuesPerType; i++, count++)
            {
                RequestRoundTrip(method);
            }
        }

        return count;
    }

    private void RoundTrip<T>(Codec codec)
    {
        var typed = (Codec<T>)codec;
        var value = (T)_values.Next(typeof(T), mayBeNull: false)!;
        var bytes = _serializer.SerializeToArray(value, typed);
        Same(value, _serializer.Deserialize(bytes, typed), typeof(T).Name);
        Same(value, typed.Copy(value, new CopyContext(_serializer.Context)), $"copy of {typeof(T).Name}");
        foreach (var length in Cuts(bytes.Length))
        {
            Refuses(() => _serializer.Deserialize(bytes.AsSpan(0, length), typed), $"{typeof(T).Name} cut at {length}");
        }

        if (typed.WireType == WireType.Object)
        {
            const int FirstFieldIndex = 2; // after the version and the layout
            foreach (var unknown in UnknownFields())
            {
                Same(value, _serializer.Deserialize(Inserted(bytes, FirstFieldIndex, unknown), typed), $"{typeof(T).Name} with an unknown field in front");
                Same(value, _serializer.Deserialize(Inserted(bytes, bytes.Length - 1, unknown), typed), $"{typeof(T).Name} with an unknown field at the end");
            }
        }
    }

    private void RequestRoundTrip(GrainMethod method)
    {
        var sent = method.CreateRequest();
        for (var i = 0; i < method.ParameterTypes.Length; i++)
        {
            if (method.ParameterTypes[i] != typeof(CancellationToken) && _values.Next(method.ParameterTypes[i]) is { } argument)
            {
                sent.SetArgument(i, argument);
            }
        }

        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output, _serializer.Context);
        sent.WriteTo(ref writer);
        writer.Complete();
        var bytes = output.WrittenSpan.ToArray();
        SameArguments(sent, Read(bytes));
        foreach (var unknown in UnknownFields())
        {
            SameArguments(sent, Read(Inserted(bytes, 0, unknown)));
            SameArguments(sent, Read(Inserted(bytes, bytes.Length - 1, unknown)));
        }

        foreach (var length in Cuts(bytes.Length))
        {
            Refuses(() => Read(bytes.AsSpan(0, length).ToArray()), $"{method.ActivityName} cut at {length}");
        }

        GrainRequest Read(byte[] input)
        {
            var received = method.CreateRequest();
            var reader = new WireReader(input, _serializer.Context);
            received.ReadFrom(ref reader);
            Assert.True(reader.RemainingBytes == 0, $"{_seed}: {method.ActivityName} leaves {reader.RemainingBytes} bytes.");
            return received;
        }
    }

    private void SameArguments(GrainRequest sent, GrainRequest received)
    {
        for (var i = 0; i < sent.GetArgumentCount(); i++)
        {
            Same(sent.GetArgument(i), received.GetArgument(i), $"{sent.Method.ActivityName}, argument {i}");
        }
    }

    /// <summary>Where to cut: over many values, everywhere.</summary>
    private IEnumerable<int> Cuts(int lengthBytes)
    {
        var step = 1 + (lengthBytes / CutsPerValue);
        for (var length = _random.Next(step); length < lengthBytes; length += step)
        {
            yield return length;
        }
    }

    /// <summary>A field of every layout, as a newer build might write it.</summary>
    private IEnumerable<byte[]> UnknownFields()
    {
        yield return Field(WireType.Varint, static (ref WireWriter writer) => writer.WriteVarint(ulong.MaxValue));
        yield return Field(WireType.Fixed32, static (ref WireWriter writer) => writer.WriteFixed32(7));
        yield return Field(WireType.Fixed64, static (ref WireWriter writer) => writer.WriteFixed64(7));
        yield return Field(WireType.Bytes, static (ref WireWriter writer) => writer.WriteString("a newer build wrote this"));
        yield return Field(WireType.Null, static (ref WireWriter _) => { });
        yield return Field(WireType.Object, static (ref WireWriter writer) =>
        {
            writer.BeginObject();
            writer.WriteTag(0, WireType.Varint);
            writer.WriteVarint(1);
            writer.EndLevel();
            writer.WriteTag(0, WireType.Bytes);
            writer.WriteBytes([1, 2, 3]);
            writer.EndObject();
        });
        yield return Field(WireType.Sequence, static (ref WireWriter writer) =>
        {
            writer.BeginSequence(2, WireType.Null);
            writer.WriteElementType(WireType.Null);
            writer.WriteElementType(WireType.Varint);
            writer.WriteVarint(5);
            writer.EndSequence();
        });
    }

    private delegate void Write(ref WireWriter writer);

    private byte[] Field(WireType type, Write write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output, _serializer.Context);
        writer.WriteTag(UnknownId, type);
        write(ref writer);
        writer.Complete();
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Inserted(byte[] bytes, int index, byte[] field) => [.. bytes.AsSpan(0, index), .. field, .. bytes.AsSpan(index)];

    private void Same(object? expected, object? actual, string what)
    {
        var difference = DeepEquality.Difference(expected, actual);
        Assert.True(difference is null, $"{_seed}: {what}: {difference}");
    }

    private void Refuses(Action read, string what)
    {
        try
        {
            read();
        }
        catch (WireFormatException)
        {
            return;
        }

        Assert.Fail($"{_seed}: {what} was read.");
    }
}
