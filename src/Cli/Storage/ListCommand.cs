using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Actors.Cli.Output;
using Spectre.Console.Rendering;

namespace Actors.Cli.Storage;

/// <summary>A command <c>list</c> that shows what a silo answers at one address.</summary>
internal static class ListCommand
{
    /// <param name="description">What it lists, for people.</param>
    /// <param name="path">The address.</param>
    /// <param name="json">The answer, which is also what it writes as JSON.</param>
    /// <param name="draw">The answer for people.</param>
    /// <param name="global">Options of every command.</param>
    /// <param name="silo">Who is asked.</param>
    /// <param name="console">Where it is written.</param>
    public static Command Create<T>(
        string description, string path, JsonTypeInfo<T> json, Func<T, IEnumerable<IRenderable>> draw, GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var command = new Command("list", description);
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToLook(arguments);
            var list = await client.SendAsync(HttpMethod.Get, path, json, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), list, json, draw);
            return ActorsProgram.Succeeded;
        });
        return command;
    }
}
