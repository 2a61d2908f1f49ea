using System.CommandLine;

namespace Actors.Cli.Agents;

/// <summary>The option that names a silo's data folder, and the secret in there that its user alone may read.</summary>
internal sealed class SecretOption
{
    private const string FileName = "agents.secret";

    /// <summary>Where the silo has the same setting, in its environment.</summary>
    private const string Variable = "Silo__DataDirectory";

    /// <summary>The folder.</summary>
    public Option<string> DataDirectory { get; } = new("--data-directory")
    {
        Description = $"Data folder of the silo that is asked; its secret is in there. Without it: what {Variable} says, or 'data'.",
        HelpName = "folder",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : "data",
    };

    /// <summary>The secret.</summary>
    /// <exception cref="CliException">There is none to read.</exception>
    public string Read(ParseResult arguments)
    {
        var path = Path.GetFullPath(Path.Combine(arguments.GetRequiredValue(DataDirectory), FileName));
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } secret ? secret : throw new CliException($"The file {path} is empty. Start the silo again; it writes a new one.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(
                $"There is no file {path}. The silo that is asked has written it into its data folder when it started; name that folder with --data-directory.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The file {path} cannot be read ({failure.Message.TrimEnd('.')}). Only the silo's user may: run this as that user.");
        }
    }
}
