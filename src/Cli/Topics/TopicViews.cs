using System.Globalization;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Topics;

/// <summary>Draws what the topics commands found.</summary>
internal static class TopicViews
{
    /// <summary>Writes a list.</summary>
    public static void Write(CliConsole console, OutputFormat format, TopicList list) =>
        ResultWriter.Write(console, format, list, CliJson.Default.TopicList, Draw);

    /// <summary>Writes descriptions.</summary>
    public static void Write(CliConsole console, OutputFormat format, TopicDescriptions topics) =>
        ResultWriter.Write(console, format, topics, CliJson.Default.TopicDescriptions, found => found.Topics.SelectMany(Draw));

    /// <summary>Writes what became of topics; mistakes go to the error stream.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(CliConsole console, OutputFormat format, TopicChanges changes, string done)
    {
        ResultWriter.Write(console, format, changes, CliJson.Default.TopicChanges, found => found.Topics
            .Where(topic => topic.Succeeded)
            .Select(topic => new Text($"{topic.Name} {done}")));
        foreach (var failed in changes.Topics.Where(topic => !topic.Succeeded))
        {
            console.Error.WriteLine(failed.Error);
        }

        return changes.Topics.All(topic => topic.Succeeded) ? ActorsProgram.Succeeded : ActorsProgram.Failed;
    }

    private static IEnumerable<IRenderable> Draw(TopicList list)
    {
        if (list.Topics.Count == 0)
        {
            yield return new Text("There are no topics. 'actors topics create NAME' makes one.");
            yield break;
        }

        var table = ResultWriter.CreateTable("topic", ">partitions", ">replicas", "id");
        foreach (var topic in list.Topics)
        {
            table.AddTextRow(
                topic.Name,
                topic.Partitions.ToString(CultureInfo.InvariantCulture),
                topic.ReplicationFactor.ToString(CultureInfo.InvariantCulture),
                topic.TopicId?.ToString() ?? "");
        }

        yield return table;
    }

    private static IEnumerable<IRenderable> Draw(TopicDescription topic)
    {
        yield return new Text($"{topic.Name}{(topic.IsInternal ? " (internal)" : "")}  {topic.TopicId}".TrimEnd());
        foreach (var (name, value) in topic.Configs)
        {
            yield return new Text($"  {name}={value ?? "(hidden)"}");
        }

        var table = ResultWriter.CreateTable(">partition", ">leader", ">epoch", "replicas", "in sync", ">start", ">end");
        foreach (var partition in topic.Partitions)
        {
            table.AddTextRow(
                partition.Index.ToString(CultureInfo.InvariantCulture),
                partition.Leader < 0 ? "none" : partition.Leader.ToString(CultureInfo.InvariantCulture),
                partition.LeaderEpoch.ToString(CultureInfo.InvariantCulture),
                string.Join(',', partition.Replicas),
                string.Join(',', partition.InSync),
                partition.StartOffset?.ToString(CultureInfo.InvariantCulture) ?? "?",
                partition.EndOffset?.ToString(CultureInfo.InvariantCulture) ?? "?");
        }

        yield return table;
    }
}
