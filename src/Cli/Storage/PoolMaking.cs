using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;

namespace Actors.Cli.Storage;

/// <summary><c>actors pools create</c>.</summary>
internal static class PoolMaking
{
    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = new Argument<string>("pool") { Description = "The pool's name." };
        var folder = new Option<string>("--folder") { Description = "Its folder, one of those in the silo's options; made when missing.", HelpName = "folder", Required = true };
        var node = new Option<string?>("--node") { Description = "The node that it lies on, as links name nodes. Without it: the silo's machine.", HelpName = "name" };
        var capacity = Sizes.Option("--capacity", "Most that its volumes take together, such as 500GiB. Without it: the whole file system.", isRequired: false);
        var label = LabelOption.Create();
        var command = new Command("create", "Makes a folder a pool, where volumes are files (back ends files and qemu). It is run on the machine of a silo, as its user.") { name, folder, node, label, capacity };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var pool = arguments.GetRequiredValue(name);
            var wish = new NewPoolWish(pool, Path.GetFullPath(arguments.GetRequiredValue(folder)), arguments.GetValue(node), arguments.GetRequiredValue(label), arguments.GetValue(capacity));
            await client.SendAsync(HttpMethod.Post, "/api/v1/storage/pools", wish, CliJson.Default.NewPoolWish, CliJson.Default.HttpRefusal, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), new PoolOutcome(pool, "created"), CliJson.Default.PoolOutcome, static one => [new Text($"{one.Pool}: {one.Outcome}")]);
            return ActorsProgram.Succeeded;
        });
        return command;
    }
}
