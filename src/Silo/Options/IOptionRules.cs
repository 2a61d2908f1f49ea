namespace Actors.Silo.Options;

/// <summary>An options record that knows more about its values than types and ranges say.</summary>
public interface IOptionRules
{
    /// <summary>Every rule that the values break; all of them, not the first.</summary>
    IEnumerable<OptionBreach> Check();
}
