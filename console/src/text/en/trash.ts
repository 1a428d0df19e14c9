export const trash = {
  title: "Bin",
  empty: "The bin is empty",
  deletedAt: "Deleted",
};
