export const profile = {
  title: "Profile",
  me: "About me",
  name: "Name",
  phone: "My phone",
  language: "Language",
  password: {
    title: "Password",
    current: "The one I have",
    next: "A new one, at least 8 characters",
    change: "Change",
    changed: "The password is changed; every other session has ended",
  },
};
