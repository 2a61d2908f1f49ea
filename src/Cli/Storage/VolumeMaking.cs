using System.CommandLine;
using Actors.Cli.Output;
using Spectre.Console;

namespace Actors.Cli.Storage;

/// <summary><c>actors volumes create</c>, <c>attach</c> and <c>detach</c>.</summary>
internal static class VolumeMaking
{
    private const string Where = "It is run on the machine of a silo, as its user.";

    /// <summary>Makes a volume.</summary>
    public static Command Create(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var pool = new Option<string>("--pool") { Description = "The pool in which it begins.", HelpName = "pool", Required = true };
        var size = Sizes.Option("--size", "Its size, such as 10GiB. Zeros take no room.", isRequired: true);
        var storageClass = new Option<string?>("--class") { Description = "Its storage class, by which policies choose it. Without it: the back end's name.", HelpName = "name" };
        var label = LabelOption.Create();
        var command = new Command("create", $"Makes a volume of zeros, where volumes are files (back ends files and qemu), and says where applications find it. {Where}") { name, pool, size, storageClass, label };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var wish = new NewVolumeWish(arguments.GetRequiredValue(name), arguments.GetRequiredValue(pool), arguments.GetValue(size), arguments.GetValue(storageClass), arguments.GetRequiredValue(label));
            var made = await client.SendAsync(HttpMethod.Post, "/api/v1/storage/volumes", wish, CliJson.Default.NewVolumeWish, CliJson.Default.VolumeAddress, token);
            Write(global, console, arguments, made);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    /// <summary>Has a volume served.</summary>
    public static Command Attach(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command("attach", $"Has a volume served to applications (back end qemu: by its daemon), and says where they find it. {Where}") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            Write(global, console, arguments, await client.SendAsync(HttpMethod.Post, StorageSilo.Address("volumes", arguments.GetRequiredValue(name), "/attach"), CliJson.Default.VolumeAddress, token));
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    /// <summary>Has a volume served no more.</summary>
    public static Command Detach(GlobalOptions global, StorageSilo silo, CliConsole console)
    {
        var name = NameArgument();
        var command = new Command("detach", $"Has a volume served no more (back end qemu): its applications' connections end, and a copy of it too. {Where}") { name };
        command.SetAction(async (arguments, token) =>
        {
            using var client = silo.ToChange(arguments);
            var volume = arguments.GetRequiredValue(name);
            await client.SendAsync(HttpMethod.Post, StorageSilo.Address("volumes", volume, "/detach"), CliJson.Default.HttpRefusal, token);
            ResultWriter.Write(console, global.ReadFormat(arguments), new DetachedVolume(volume, "detached"), CliJson.Default.DetachedVolume, static one => [new Text($"{one.Volume}: {one.Outcome}")]);
            return ActorsProgram.Succeeded;
        });
        return command;
    }

    private static Argument<string> NameArgument() => new("volume") { Description = "The volume's name." };

    private static void Write(GlobalOptions global, CliConsole console, ParseResult arguments, VolumeAddress made) =>
        ResultWriter.Write(console, global.ReadFormat(arguments), made, CliJson.Default.VolumeAddress, static one => [new Text($"{one.Name}: {one.Address}")]);
}
