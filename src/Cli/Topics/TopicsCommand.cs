using System.CommandLine;
using System.CommandLine.Parsing;
using Actors.Cli.Cluster;
using Actors.Kafka.Client;

namespace Actors.Cli.Topics;

/// <summary><c>actors topics …</c>: what the arguments are.</summary>
internal static class TopicsCommand
{
    private const short BrokersChoice = -1;

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time) =>
        new("topics", "Lists, creates, describes and deletes topics.")
        {
            CreateList(global, console, time),
            CreateCreate(global, console, time),
            CreateDescribe(global, console, time),
            CreateDelete(global, console, time),
        };

    private static Command CreateList(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var withInternal = new Option<bool>("--internal") { Description = "Also the topics in which the cluster keeps its own state." };
        var command = new Command("list", "Lists the topics.") { withInternal };
        command.SetAction((arguments, token) => WithClusterAsync(arguments, global, time, async cluster =>
        {
            var topics = await TopicQueries.ListAsync(cluster, arguments.GetValue(withInternal), token);
            TopicViews.Write(console, global.ReadFormat(arguments), topics);
            return ActorsProgram.Succeeded;
        }, token));
        return command;
    }

    private static Command CreateCreate(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var names = CreateNames(ArgumentArity.OneOrMore);
        var partitions = OptionRules.OptionalNumber(["--partitions", "-p"], "Number of partitions; the broker's default without it.", 1);
        var replicationFactor = OptionRules.OptionalNumber<short>(["--replication-factor", "-r"], "Number of replicas of each partition; the broker's default without it.", 1);
        var configs = new Option<string[]>("--config", "-c") { Description = "A topic config under Kafka's name, such as retention.ms=60000; may be repeated.", HelpName = "name=value" };
        configs.Validators.Add(RequireNameAndValue);
        var command = new Command("create", "Creates topics.") { names, partitions, replicationFactor, configs };
        command.SetAction((arguments, token) => WithClusterAsync(arguments, global, time, async cluster =>
        {
            var plan = new TopicPlan(
                arguments.GetValue(partitions) ?? BrokersChoice,
                arguments.GetValue(replicationFactor) ?? BrokersChoice,
                [.. (arguments.GetValue(configs) ?? []).Select(config => config.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))]);
            var changes = await TopicChanger.CreateAsync(cluster, arguments.GetRequiredValue(names), plan, token);
            return TopicViews.Write(console, global.ReadFormat(arguments), changes, "created");
        }, token));
        return command;
    }

    private static Command CreateDescribe(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var names = CreateNames(ArgumentArity.ZeroOrMore);
        var command = new Command("describe", "Shows partitions, leaders, replicas, offsets and configs; of all topics where none is named.") { names };
        command.SetAction((arguments, token) => WithClusterAsync(arguments, global, time, async cluster =>
        {
            var topics = await TopicQueries.DescribeAsync(cluster, arguments.GetValue(names) ?? [], token);
            TopicViews.Write(console, global.ReadFormat(arguments), topics);
            return ActorsProgram.Succeeded;
        }, token));
        return command;
    }

    private static Command CreateDelete(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var names = CreateNames(ArgumentArity.OneOrMore);
        var command = new Command("delete", "Deletes topics with everything in them.") { names };
        command.SetAction((arguments, token) => WithClusterAsync(arguments, global, time, async cluster =>
        {
            var changes = await TopicChanger.DeleteAsync(cluster, arguments.GetRequiredValue(names), token);
            return TopicViews.Write(console, global.ReadFormat(arguments), changes, "deleted");
        }, token));
        return command;
    }

    private static Argument<string[]> CreateNames(ArgumentArity arity) => new("name") { Description = "Names of topics.", Arity = arity };

    private static async Task<int> WithClusterAsync(
        ParseResult arguments, GlobalOptions global, TimeProvider time, Func<ClusterClient, Task<int>> act, CancellationToken token)
    {
        await using var cluster = await ClusterClient.ConnectAsync(arguments.GetRequiredValue(global.Bootstrap), new KafkaConnectionOptions(), time, token);
        return await act(cluster);
    }

    private static void RequireNameAndValue(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
        {
            result.AddError($"'{token.Value}' is no config; write name=value, such as retention.ms=60000.");
        }
    }
}
