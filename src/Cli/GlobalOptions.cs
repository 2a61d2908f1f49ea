using System.CommandLine;
using Actors.Cli.Output;

namespace Actors.Cli;

/// <summary>The options that every command has.</summary>
public sealed class GlobalOptions
{
    private const int DefaultKafkaPort = 9092;
    private const int DefaultHttpPort = 8080;
    private const string TableFormat = "table";
    private const string JsonFormat = "json";

    /// <summary>Where Kafka is spoken.</summary>
    public Option<HostPort[]> Bootstrap { get; } = new("--bootstrap")
    {
        Description = "Kafka address of any silo, host:port; several with commas between them.",
        HelpName = "host:port",
        Recursive = true,
        DefaultValueFactory = _ => [new HostPort("127.0.0.1", DefaultKafkaPort)],
        CustomParser = result => HostPort.ParseList(result, DefaultKafkaPort),
    };

    /// <summary>Where HTTP is spoken.</summary>
    public Option<HostPort[]?> Http { get; } = new("--http")
    {
        Description = "HTTP address of any silo, host:port. Without it: port 8080 of the hosts that --bootstrap names.",
        HelpName = "host:port",
        Recursive = true,
        CustomParser = result => HostPort.ParseList(result, DefaultHttpPort),
    };

    /// <summary>How results are written.</summary>
    public Option<string> Output { get; } = OptionRules.Choice(["--output", "-o"], "Form of the result.", TableFormat, JsonFormat);

    /// <summary>The HTTP addresses that were named, or else those that go with the Kafka addresses.</summary>
    public IReadOnlyList<HostPort> ReadHttp(ParseResult arguments) => arguments.GetValue(Http) is { Length: > 0 } named // none given: no null, but none
        ? named
        : [.. arguments.GetRequiredValue(Bootstrap).Select(kafka => kafka with { Port = DefaultHttpPort }).Distinct()];

    /// <summary>The form that was asked for.</summary>
    public OutputFormat ReadFormat(ParseResult arguments) => arguments.GetValue(Output) == JsonFormat ? OutputFormat.Json : OutputFormat.Table;

    /// <summary>Adds them to the root.</summary>
    public void AddTo(Command root)
    {
        Output.Recursive = true;
        root.Options.Add(Bootstrap);
        root.Options.Add(Http);
        root.Options.Add(Output);
    }
}
