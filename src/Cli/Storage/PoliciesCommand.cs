using System.CommandLine;
using System.Text.Json.Nodes;
using Actors.Cli.Output;
using Spectre.Console;

namespace Actors.Cli.Storage;

/// <summary><c>actors policies …</c>: which volumes are hot, warm and cold, and what would move.</summary>
internal static class PoliciesCommand
{
    private const string Path = "/api/v1/storage/policies";
    private const int MaxFileBytes = 4 * 1_024 * 1_024;

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var silo = new StorageSilo(global, time);
        var command = new Command("policies", "Looks after the policies that say which volumes are hot, warm and cold.")
        {
            CreateApply(global, silo, console),
            CreateList(global, silo, console),
            CreateShow(global, silo, console),
            CreateExplain(global, silo, console),
            CreatePlan(global, silo, console),
            CreateDelete(global, silo, console),
        };
        command.Options.Add(silo.Secret.DataDirectory);
        return command;
    }

    private static Command CreateApply(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var file = new Option<string>("--file", "-f") { Description = "File with policies in YAML or JSON; '-' for the standard input.", HelpName = "file", Required = true };
        var command = new Command("apply", "Takes the policies of a file; with one mistake in it, none. It is run on the machine of a silo, as its user.") { file };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var text = await ReadAsync(arguments.GetRequiredValue(file), token);
            var changes = await client.SendTextAsync(HttpMethod.Post, Path, text, "application/yaml", CliJson.Default.PolicyChanges, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), changes, CliJson.Default.PolicyChanges, static changes => changes.Changes.Select(static one => new Text($"{one.Kind} {one.Name} {one.Change}")));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateList(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var command = new Command("list", "Lists the policies.");
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var policies = await client.SendAsync(HttpMethod.Get, Path, CliJson.Default.HttpPolicies, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), policies, CliJson.Default.HttpPolicies, PolicyViews.DrawList);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateShow(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command("show", "Shows a policy: its fields, its conditions and its history.") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var policy = await client.SendAsync(HttpMethod.Get, StorageSilo.Address("policies", arguments.GetRequiredValue(name)), CliJson.Default.JsonObject, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), policy, CliJson.Default.JsonObject, PolicyViews.DrawOne);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateExplain(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command("explain", "Says of each volume of a policy why it is where it is, what happens next, and what blocks it.") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var policy = arguments.GetRequiredValue(name);
            await client.SendAsync(HttpMethod.Get, StorageSilo.Address("policies", policy), CliJson.Default.JsonObject, token);
            var volumes = await VolumesCommand.ReadAsync(client, token);
            var own = volumes with { Volumes = [.. volumes.Volumes.Where(volume => volume.Policy == policy || volume.OtherPolicies.Contains(policy))] };
            ResultWriter.Write(console, global.ReadFormat(arguments), own, CliJson.Default.VolumeList, static list => list.Volumes.Count == 0
                ? [new Text("It selects no volume.")]
                : list.Volumes.SelectMany(VolumeViews.Explain));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreatePlan(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = new Argument<string?>("policy") { Description = "A policy; without it, all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("plan", "Shows what would move at this moment, how much and how long, and what blocks it. Nothing moves by looking.") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            IReadOnlyList<JsonObject> policies = arguments.GetValue(name) is { } one
                ? [await client.SendAsync(HttpMethod.Get, StorageSilo.Address("policies", one), CliJson.Default.JsonObject, token)]
                : (await client.SendAsync(HttpMethod.Get, Path, CliJson.Default.HttpPolicies, token)).Policies;
            var names = policies.Select(PolicyViews.NameOf).ToHashSet();
            var all = await VolumesCommand.ReadAsync(client, token);
            var own = all.Volumes.Where(volume => volume.Policy is { } owner && names.Contains(owner)).ToList();
            var plan = all with { Volumes = [.. own.Where(static volume => volume.Action != "stay")] };
            ResultWriter.Write(
                console, global.ReadFormat(arguments), plan, CliJson.Default.VolumeList,
                list => list.Volumes.Count == 0 ? [new Text(PolicyViews.WhyNothingMoves(policies, own))] : VolumeViews.DrawPlan(list));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateDelete(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var names = new Argument<string[]>("policy") { Description = "Names of policies.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("delete", "Removes policies; migrations that they have decided go on. It is run on the machine of a silo, as its user.") { names };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var deleted = new List<string>();
            var refusals = new List<string>();
            foreach (var name in arguments.GetRequiredValue(names))
            {
                try
                {
                    await client.SendAsync(HttpMethod.Delete, StorageSilo.Address("policies", name), CliJson.Default.HttpRefusal, token);
                    deleted.Add(name);
                }
                catch (CliException refusal)
                {
                    refusals.Add(refusal.Message);
                    if (refusal.IsTransient) break; // nor would the others get an answer
                }
            }

            // What is gone is told also where another could not be deleted.
            ResultWriter.Write(console, global.ReadFormat(arguments), new DeletedPolicies(deleted), CliJson.Default.DeletedPolicies, static list => list.Deleted.Select(static name => new Text($"{name} deleted")));
            return refusals.Count == 0 ? ActorsProgram.Succeeded : throw new CliException(string.Join(' ', refusals));
        });
        return command;
    }

    private static Argument<string> NameArgument() => new("policy") { Description = "The policy's name." };

    private static async Task<string> ReadAsync(string file, CancellationToken token)
    {
        try
        {
            if (file == "-") return await Console.In.ReadToEndAsync(token);
            var length = new FileInfo(file).Length;
            if (length > MaxFileBytes) throw new CliException($"{file} has {length} bytes; at most {MaxFileBytes} are taken.");
            return await File.ReadAllTextAsync(file, token);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The file {file} cannot be read ({failure.Message.TrimEnd('.')}).");
        }
    }
}
