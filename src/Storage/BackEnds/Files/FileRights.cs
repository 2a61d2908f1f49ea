namespace Actors.Storage.BackEnds.Files;

/// <summary>Who may do what with a file.</summary>
/// <param name="Owner">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">What owner, group and others may do, as <c>chmod</c> takes it: 0 to octal 7777.</param>
internal readonly record struct FileRights(uint Owner, uint Group, uint Mode);
