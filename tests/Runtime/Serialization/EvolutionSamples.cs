using Orleans;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>A message as an old build knows it.</summary>
[GenerateSerializer, Alias("test.OrderV1")]
public sealed record OrderV1
{
    [Id(0)] public string Name { get; init; } = "";

    [Id(2)] public int Count { get; init; } = 1;
}

/// <summary>The same message as a new build knows it: members came, and one got wider.</summary>
[GenerateSerializer, Alias("test.OrderV2")]
public sealed record OrderV2
{
    [Id(0)] public string Name { get; init; } = "";

    [Id(1)] public List<string> Tags { get; init; } = ["none"];

    [Id(2)] public long Count { get; init; } = 1;

    [Id(3)] public OrderV1? Origin { get; init; }

    [Id(900)] public Guid? Trace { get; init; }
}

[GenerateSerializer, Alias("test.Renamed"), Alias("test.NameBefore")]
public sealed record Renamed : Named
{
    [Id(0)] public int Value { get; init; }
}

[GenerateSerializer, Alias("test.Named")]
public abstract record Named
{
    [Id(0)] public string? Name { get; init; }
}

[GenerateSerializer, Alias("test.NamedHolder")]
public sealed record NamedHolder
{
    [Id(0)] public Named? Held { get; init; }
}

[GenerateSerializer, Alias("test.Looped")]
public sealed class Looped
{
    [Id(0)] public Looped? Next { get; set; }
}

/// <summary>Passed over by the codecs of derived types.</summary>
[SerializerTransparent]
public abstract class Transparent
{
    public int Lost { get; set; }
}

[GenerateSerializer, Alias("test.OverTransparent")]
public sealed class OverTransparent : Transparent
{
    [Id(0)] public int Kept { get; set; }
}

/// <summary>Has no codec.</summary>
public sealed class HomelessException(string message, Exception? inner = null) : Exception(message, inner);
