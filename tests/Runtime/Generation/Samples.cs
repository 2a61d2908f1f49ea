using System.Collections.Immutable;
using Orleans;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Generation;

[GenerateSerializer, Immutable, Alias("test.Point")]
public sealed record Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer, Alias("test.Shade")]
public enum Shade : byte
{
    Light,
    Dark = 200,
}

[GenerateSerializer, Alias("test.Measures"), Alias("test.OldMeasures")]
public readonly record struct Measures
{
    [Id(0)]
    public double Width { get; init; }

    [Id(1)]
    public float Height { get; init; }
}

/// <summary>Every shape of member.</summary>
[GenerateSerializer, Alias("test.Everything")]
public sealed record Everything
{
    [Id(0)] public bool Boolean { get; init; }
    [Id(1)] public sbyte SByte { get; init; }
    [Id(2)] public short Short { get; init; }
    [Id(3)] public int Int { get; init; }
    [Id(4)] public long Long { get; init; }
    [Id(5)] public byte Byte { get; init; }
    [Id(6)] public ushort UShort { get; init; }
    [Id(7)] public uint UInt { get; init; }
    [Id(8)] public ulong ULong { get; init; }
    [Id(9)] public char Char { get; init; }
    [Id(10)] public float Float { get; init; }
    [Id(11)] public double Double { get; init; }
    [Id(12)] public decimal Decimal { get; init; }
    [Id(13)] public string? Text { get; init; }
    [Id(14)] public Guid Guid { get; init; }
    [Id(15)] public DateTime DateTime { get; init; }
    [Id(16)] public DateTimeOffset DateTimeOffset { get; init; }
    [Id(17)] public TimeSpan TimeSpan { get; init; }
    [Id(18)] public DateOnly DateOnly { get; init; }
    [Id(19)] public TimeOnly TimeOnly { get; init; }
    [Id(20)] public byte[]? Bytes { get; init; }
    [Id(21)] public ReadOnlyMemory<byte> Memory { get; init; }
    [Id(22)] public ImmutableArray<byte> ImmutableBytes { get; init; } = [];
    [Id(23)] public int? MaybeInt { get; init; }
    [Id(24)] public Guid? MaybeGuid { get; init; }
    [Id(25)] public Shade Shade { get; init; }
    [Id(26)] public Shade? MaybeShade { get; init; }
    [Id(27)] public Point? Point { get; init; }
    [Id(28)] public Measures Measures { get; init; }
    [Id(29)] public Measures? MaybeMeasures { get; init; }
    [Id(30)] public int[]? Numbers { get; init; }
    [Id(31)] public string?[]? Texts { get; init; }
    [Id(32)] public List<Point?>? Points { get; init; }
    [Id(33)] public ImmutableArray<Point> Fixed { get; init; } = [];
    [Id(34)] public Dictionary<string, List<int>>? Lists { get; init; }
    [Id(35)] public HashSet<Guid>? Guids { get; init; }
    [Id(36)] public IReadOnlyList<Measures>? ManyMeasures { get; init; }
    [Id(37)] public IReadOnlyDictionary<int, string?>? Names { get; init; }
    [Id(38)] public (int Count, string? Name) Pair { get; init; }
    [Id(39)] public (byte A, Point? B, Shade C, long? D)[]? Quads { get; init; }
    [Id(40)] public KeyValuePair<int, int> Entry { get; init; }
    [Id(41)] public List<int[]>? Nested { get; init; }
    [Id(42)] public Everything? Inner { get; init; }
    [Id(43)] public Immutable<List<int>?> Frozen { get; init; }
    [Id(44)] public Shape? Shape { get; init; }
    [Id(45)] public List<Shape>? Shapes { get; init; }
    [Id(46)] public (int A, int B, int C) Triple { get; init; }
}

[GenerateSerializer, Alias("test.Shape")]
public abstract record Shape
{
    [Id(0)] public required string Name { get; init; }
}

[GenerateSerializer, Alias("test.Circle")]
public record Circle : Shape
{
    [Id(0)] public int Radius { get; set; }
}

[GenerateSerializer, Alias("test.Ring")]
public sealed record Ring : Circle
{
    [Id(0)] public int Inner { get; init; } = 7;
}

/// <summary>Members that C# would not let a codec reach.</summary>
[GenerateSerializer, Alias("test.Guarded")]
public sealed class Guarded
{
    [Id(0)]
    private readonly List<int> _hidden;

    private Guarded() => _hidden = [];

    public Guarded(int secret, string label)
    {
        _hidden = [secret];
        Label = label;
        Shared = [secret];
    }

    public IReadOnlyList<int> Hidden => _hidden;

    [Id(1)] public string Label { get; } = "none";

    [Id(2)] public int Counter { get; private set; } = 3;

    [Id(3), Immutable] public int[]? Shared { get; init; }

    public void Count() => Counter++;
}

[GenerateSerializer(GenerateFieldIds = GenerateFieldIds.PublicProperties), Alias("test.AutoNumbered")]
public sealed class AutoNumbered
{
    public int One { get; set; }

    public string? Two { get; set; }
}

[GenerateSerializer, Alias("test.TopicMissingException")]
public class TopicMissingException(string topic) : InvalidOperationException($"The topic '{topic}' does not exist.")
{
    [Id(0)] public string Topic { get; } = topic;
}

[GenerateSerializer, Alias("test.PartitionMissingException")]
public sealed class PartitionMissingException(string topic, int partition) : TopicMissingException(topic)
{
    [Id(0)] public int Partition { get; } = partition;
}

[Alias("test.IBase")]
public interface IBaseGrain : IGrainWithStringKey
{
    [Alias("Ping")]
    Task Ping();
}

[Alias("test.IWide"), Version(3)]
public interface IWideGrain : IBaseGrain
{
    [Alias("Add")]
    Task<int> Add(int left, int right, CancellationToken cancellationToken);

    [Alias("Describe")]
    ValueTask<Everything?> Describe(Everything? value, [Immutable] ReadOnlyMemory<byte> payload);

    [Alias("Rest"), ReadOnly]
    ValueTask Rest(List<int> numbers);

    [Alias("RestLong"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task Rest(List<int> numbers, [Immutable] int[] @fixed);

    [Alias("Tell"), OneWay]
    Task Tell(string @event);

    [Alias("Watch")]
    Task Watch(IWatcher watcher, IBaseGrain? other);

    [Alias("Numbers")]
    Task<List<int>> Numbers();

    [Alias("Frozen")]
    [return: Immutable]
    Task<int[]> Frozen();
}

[Alias("test.IWatcher")]
public interface IWatcher : IGrainObserver
{
    [Alias("Seen")]
    Task Seen(Shape shape);
}
