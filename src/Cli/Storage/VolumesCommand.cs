using System.CommandLine;
using Actors.Cli.Agents;
using Actors.Cli.Output;
using Spectre.Console;

namespace Actors.Cli.Storage;

/// <summary><c>actors volumes …</c>: where volumes lie and why, and their migrations.</summary>
internal static class VolumesCommand
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a wait goes on while no silo says anything: as long as silos need to go on without one of them, and more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var silo = new StorageSilo(global, time);
        var command = new Command("volumes", "Shows where volumes lie and why, makes them, and looks after their migrations.")
        {
            CreateList(global, silo, console),
            CreateOne("show", "Shows a volume with its migration.", VolumeViews.Show, global, silo, console),
            CreateOne("explain", "Says why a volume is where it is, what happens next, and what blocks it.", VolumeViews.Explain, global, silo, console),
            VolumeMaking.Create(global, silo, console),
            VolumeMaking.Attach(global, silo, console),
            VolumeMaking.Detach(global, silo, console),
            CreateMigrate(global, silo, console, time),
            CreateOrder("pause", "Stops a volume's copy for now.", "paused", global, silo, console),
            CreateOrder("resume", "Has a paused copy go on.", "resumed", global, silo, console),
            CreateAbort(global, silo, console),
        };
        command.Options.Add(silo.Secret.DataDirectory);
        return command;
    }

    /// <summary>All volumes.</summary>
    public static Task<VolumeList> ReadAsync(SiloClient client, CancellationToken token) =>
        client.SendAsync(HttpMethod.Get, "/api/v1/storage/volumes", CliJson.Default.VolumeList, token);

    private static Command CreateList(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var policy = new Option<string?>("--policy") { Description = "Volumes of this policy only.", HelpName = "name" };
        var moving = new Option<bool>("--moving") { Description = "Volumes that move only." };
        var command = new Command("list", "Lists the volumes.") { policy, moving };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var (name, isMoving) = (arguments.GetValue(policy), arguments.GetValue(moving));
            var all = await ReadAsync(client, token);
            var list = all with { Volumes = [.. all.Volumes.Where(volume => (name is null || volume.Policy == name) && (!isMoving || volume.IsMoving))] };
            ResultWriter.Write(console, global.ReadFormat(arguments), list, CliJson.Default.VolumeList, VolumeViews.DrawList);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateOne(
        string verb, string description, Func<VolumeView, IEnumerable<Spectre.Console.Rendering.IRenderable>> draw, GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command(verb, description) { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var volume = await FindAsync(client, arguments.GetRequiredValue(name), token);
            ResultWriter.Write(console, global.ReadFormat(arguments), volume, CliJson.Default.VolumeView, draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateMigrate(GlobalOptions global, StorageSilo silo, CliConsole console, TimeProvider time)
    {
        var name = NameArgument();
        var target = new Option<string>("--to") { Description = "The pool where it is to go.", HelpName = "pool", Required = true };
        var source = new Option<string?>("--from") { Description = "The pool of the replica that is to move; may be left out where there is one replica.", HelpName = "pool" };
        var wait = new Option<bool>("--wait") { Description = "Wait until it has moved, and show how far it is." };
        var command = new Command("migrate", "Has a volume's replica move, whatever the policies say. It is run on the machine of a silo, as its user.") { name, target, source, wait };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var volume = arguments.GetRequiredValue(name);
            var wish = new MigrationWish(arguments.GetRequiredValue(target), arguments.GetValue(source));
            var order = await client.SendAsync(HttpMethod.Post, StorageSilo.Address("volumes", volume, "/migrate"), wish, CliJson.Default.MigrationWish, CliJson.Default.OrderTaken, token);
            if (arguments.GetValue(wait)) await WaitAsync(client, volume, order.Id, console, time, token);
            Write(global, console, arguments, new VolumeOutcome(volume, arguments.GetValue(wait) ? "done" : "begun", order.Id, order.Remark));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateOrder(string verb, string description, string outcome, GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command(verb, $"{description} It is run on the machine of a silo, as its user.") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var volume = arguments.GetRequiredValue(name);
            var order = await client.SendAsync(HttpMethod.Post, StorageSilo.Address("volumes", volume, $"/{verb}"), CliJson.Default.OrderTaken, token);
            Write(global, console, arguments, new VolumeOutcome(volume, outcome, order.Id, order.Remark));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Command CreateAbort(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var forget = new Option<bool>("--forget") { Description = "End it even if something cannot be removed, as on a disk that is dead; what is left is named." };
        const string Description = "Takes a migration back, as long as there is a way back; replicas that have moved before the one that moves now stay. It is run on the machine of a silo, as its user.";
        var command = new Command("abort", Description) { name, forget };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var volume = arguments.GetRequiredValue(name);
            var address = StorageSilo.Address("volumes", volume, arguments.GetValue(forget) ? "/abort?forget=true" : "/abort");
            var order = await client.SendAsync(HttpMethod.Post, address, CliJson.Default.OrderTaken, token);
            Write(global, console, arguments, new VolumeOutcome(volume, "aborting", order.Id, order.Remark));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static async Task WaitAsync(SiloClient client, string volume, Guid order, CliConsole console, TimeProvider time, CancellationToken token)
    {
        VolumeMigration? seen = null;
        var heardAt = time.GetTimestamp();
        var ended = await Output.Progress.ShowAsync(console, time, volume, () => (seen?.Share() ?? 0, seen?.Phase ?? "planned"), async () =>
        {
            while (true)
            {
                try
                {
                    var found = await FindAsync(client, volume, token);
                    heardAt = time.GetTimestamp();
                    // Until its grain has taken the order, the volume shows what it did before.
                    if (found.Migration?.Id == order) seen = found.Migration;
                    else if (found.Migration is not null && (seen is not null || !found.IsMoving))
                        throw new CliException($"{volume} was moved again meanwhile, so what became of this move is not known here; 'actors volumes show {volume}' tells where it is.");
                    if (seen is { EndedAt: not null }) return seen;
                }
                catch (CliException failure) when (failure.IsTransient && time.GetElapsedTime(heardAt) < Patience)
                {
                    // The silo is being replaced, or looks at something slow; the migration goes on meanwhile.
                }

                await Task.Delay(LookInterval, time, token);
            }
        });
        if (ended.Phase != "done") throw new CliException($"{volume} has not moved: {ended.Reason ?? ended.Phase}.");
    }

    private static Task<VolumeView> FindAsync(SiloClient client, string volume, CancellationToken token) =>
        client.SendAsync(HttpMethod.Get, StorageSilo.Address("volumes", volume), CliJson.Default.VolumeView, token);

    private static void Write(GlobalOptions global, CliConsole console, ParseResult arguments, VolumeOutcome outcome) =>
        ResultWriter.Write(console, global.ReadFormat(arguments), outcome, CliJson.Default.VolumeOutcome, static one => [new Text($"{one.Volume}: {one.Outcome}{(one.Remark is null ? "" : $"; {one.Remark}")}")]);

    private static Argument<string> NameArgument() => new("volume") { Description = "The volume's name." };
}
