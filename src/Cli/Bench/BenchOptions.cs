using System.CommandLine;

namespace Actors.Cli.Bench;

/// <summary>The options of the benchmarks.</summary>
internal sealed class BenchOptions(int defaultConnections, int defaultOutstanding)
{
    private const int MaxBatchBytes = 64_000_000;

    private readonly Option<string> _topic = new("--topic", "-t") { Description = "The topic; created when it is missing.", DefaultValueFactory = _ => "bench" };
    private readonly Option<int?> _partitions = OptionRules.OptionalNumber(["--partitions", "-p"], "Partitions that are used; a new topic gets as many (without it: 1).", 1);
    private readonly Option<short?> _replicationFactor = OptionRules.OptionalNumber<short>(["--replication-factor", "-r"], "Replicas of a new topic; the broker's default without it.", 1);
    private readonly Option<int> _connections = OptionRules.Number(["--connections"], "Connections.", 1, defaultConnections);
    private readonly Option<int> _outstanding = OptionRules.Number(["--outstanding"], "Requests in flight on each connection.", 1, defaultOutstanding);
    private readonly Option<long?> _messages = OptionRules.OptionalNumber(["--messages"], "End after this many messages (rounded up to whole batches).", 1L);
    private readonly Option<double?> _minThroughput = OptionRules.OptionalNumber(["--min-throughput"], "Messages a second; the exit code is 1 when there are fewer.", 0.0);
    private readonly Option<int> _size = OptionRules.Number(["--size"], "Bytes of a message's value.", 0, 256);
    private readonly Option<int> _batch = OptionRules.Number(["--batch"], "Messages in a request.", 1, 1);
    private readonly Option<TimeSpan?> _duration = new("--duration")
    {
        Description = "How long: seconds, or a number with ms, s, m or h.",
        HelpName = "time",
        CustomParser = result => Durations.Parse(result),
    };

    private readonly Option<string> _acks = OptionRules.Choice(
        ["--acks"], "Who has a message on disk before the answer: all replicas in sync, 1 (the leader), or 0 (no answer).", MessageShape.AllAcks, "0", "1", "-1");

    /// <summary>Adds what every benchmark has.</summary>
    public void AddCommonTo(Command command)
    {
        command.Options.Add(_topic);
        command.Options.Add(_partitions);
        command.Options.Add(_replicationFactor);
        command.Options.Add(_connections);
        command.Options.Add(_duration);
        command.Options.Add(_outstanding);
        command.Options.Add(_size);
        command.Options.Add(_batch);
        command.Options.Add(_acks);
        command.Options.Add(_minThroughput);
    }

    /// <summary>Adds an end that is a number of messages.</summary>
    public void AddMessagesTo(Command command) => command.Options.Add(_messages);

    /// <summary>Whether the user said anything about messages.</summary>
    public bool IsProducerAskedFor(ParseResult arguments) =>
        new Option[] { _size, _batch, _acks, _minThroughput }.Any(option => arguments.GetResult(option) is { Implicit: false });

    /// <summary>Reads what the benchmark runs against.</summary>
    public BenchTarget ReadTarget(ParseResult arguments, GlobalOptions global) => new(
        arguments.GetRequiredValue(global.Bootstrap),
        arguments.GetRequiredValue(_topic),
        arguments.GetValue(_partitions),
        arguments.GetValue(_replicationFactor) ?? -1,
        arguments.GetValue(_connections),
        arguments.GetValue(_outstanding),
        arguments.GetValue(_duration),
        arguments.CommandResult.Command.Options.Contains(_messages) ? arguments.GetValue(_messages) : null,
        arguments.GetValue(_minThroughput));

    /// <summary>Reads what messages look like.</summary>
    /// <exception cref="CliException">A request would be larger than brokers take.</exception>
    public MessageShape ReadShape(ParseResult arguments)
    {
        var shape = new MessageShape(arguments.GetValue(_size), arguments.GetValue(_batch), MessageShape.ParseAcks(arguments.GetRequiredValue(_acks)));
        return (long)shape.Size * shape.Batch <= MaxBatchBytes
            ? shape
            : throw new CliException(
                $"--size {shape.Size} times --batch {shape.Batch} is more than {MaxBatchBytes} bytes, the most that a request may have.", ActorsProgram.Misused);
    }
}
