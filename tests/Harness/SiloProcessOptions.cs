namespace Actors.Harness;

/// <summary>How to start a <see cref="SiloProcess"/>.</summary>
/// <param name="DataDirectory">The silo's data folder; it must exist.</param>
public sealed record SiloProcessOptions(string DataDirectory)
{
    /// <summary>The Kafka front end's port on 127.0.0.1.</summary>
    public int KafkaPort { get; init; } = LoopbackPort.Next();

    /// <summary>The HTTP front end's port on 127.0.0.1.</summary>
    public int HttpPort { get; init; } = LoopbackPort.Next();

    /// <summary>Further arguments, such as <c>--Kafka:AutoCreateTopics=false</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Another build of the silo, its Actors.Silo.dll; null: this repository's.</summary>
    public string? Program { get; init; }

    /// <summary>A program and its arguments that run the silo, such as strace; empty for none.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Environment variables to add.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The command line's options.</summary>
    public IEnumerable<string> ToArguments() =>
    [
        $"--Silo:DataDirectory={DataDirectory}",
        $"--Kafka:Port={KafkaPort}",
        $"--Http:Port={HttpPort}",
        .. Arguments,
    ];
}
