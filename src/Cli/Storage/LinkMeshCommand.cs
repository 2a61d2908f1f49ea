using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary><c>actors links mesh</c>: the storage system's interfaces, paths and options, as the links want them.</summary>
internal static class LinkMeshCommand
{
    private const string Path = "/api/v1/storage/links/mesh";

    /// <summary>The command.</summary>
    public static Command Create(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var apply = new Option<bool>("--apply") { Description = "Make the changes. It is run on the machine of a silo, as its user." };
        var command = new Command(
            "mesh", "Shows how LINSTOR's interfaces, paths and DRBD options differ from what the links (Storage:Links) want. Nothing is changed without --apply, and nothing is ever taken away.") { apply };
        command.SetAction(async (arguments, token) =>
        {
            var isApplied = arguments.GetValue(apply);
            using var client = isApplied ? silo.ToChange(arguments) : silo.ToLook(arguments);
            var mesh = await client.SendAsync(isApplied ? HttpMethod.Post : HttpMethod.Get, Path, CliJson.Default.MeshView, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), mesh, CliJson.Default.MeshView, Draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static IEnumerable<IRenderable> Draw(MeshView mesh)
    {
        if (mesh.Changes.Count > 0)
        {
            var table = ResultWriter.CreateTable("part", "of", "setting", ">configured", ">wanted");
            foreach (var change in mesh.Changes)
                table.AddTextRow(change.Part, change.Subject, change.Setting, change.Configured ?? "-", change.Wanted);
            yield return table;
        }

        var right = $"{mesh.Right} settings are as the links want them";
        yield return new Text(mesh.Changes.Count == 0 ? $"{right}; there is nothing to change."
            : mesh.IsApplied ? $"{mesh.Changes.Count} settings were changed; {mesh.Right} were right."
            : $"{right}, {mesh.Changes.Count} are not; --apply changes them.");
        foreach (var note in mesh.Notes)
            yield return new Text($"Note: {note}.");
    }
}
